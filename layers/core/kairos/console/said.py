"""What a page may say of the change that led to it. The name stands in the address, which anybody can write
into a link: nothing but these sentences is shown for it."""

AFTER = frozenset(
    {
        "api_keys.withdrawn",
        "campaigns.made",
        "campaigns.prepared",
        "campaigns.resumed",
        "campaigns.stopped",
        "customer.stated",
        "customers.erased",
        "dead_letters.none_chosen",
        "imports.not_sent",
        "personas.deleted",
        "personas.kept",
        "scenarios.begun",
        "scenarios.saved",
        "scenarios.stopped",
        "scenarios.switched_off",
        "scenarios.switched_on",
        "segment.closed",
        "segments.changed",
        "segments.deleted",
        "segments.made",
        "settings.kept",
        "settings.reconciling",
        "signing_in.signed_out",
        "team.changed",
        "team.invited_now",
        "team.removed",
        "team.renewed",
        "templates.is_reset",
        "templates.saved",
        "templates.tested",
    }
)
