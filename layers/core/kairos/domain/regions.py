"""Regions of countries with several time zones: what GeoNames calls them, and what addresses do.

Codes are those of ISO 3166-2 and of the post; GeoNames has numbers of its own for Canada and Australia.
"""

from collections.abc import Mapping

REGIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "CA": {
        "01": ("AB", "Alberta"),
        "02": ("BC", "British Columbia", "Colombie-Britannique"),
        "03": ("MB", "Manitoba"),
        "04": ("NB", "New Brunswick", "Nouveau-Brunswick"),
        "05": ("NL", "Newfoundland and Labrador", "Newfoundland", "Terre-Neuve-et-Labrador"),
        "07": ("NS", "Nova Scotia", "Nouvelle-Écosse"),
        "08": ("ON", "Ontario"),
        "09": ("PE", "Prince Edward Island", "Île-du-Prince-Édouard"),
        "10": ("QC", "Quebec", "Québec"),
        "11": ("SK", "Saskatchewan"),
        "12": ("YT", "Yukon"),
        "13": ("NT", "Northwest Territories", "Territoires du Nord-Ouest"),
        "14": ("NU", "Nunavut"),
    },
    "AU": {
        "01": ("ACT", "Australian Capital Territory"),
        "02": ("NSW", "New South Wales"),
        "03": ("NT", "Northern Territory"),
        "04": ("QLD", "Queensland"),
        "05": ("SA", "South Australia"),
        "06": ("TAS", "Tasmania"),
        "07": ("VIC", "Victoria"),
        "08": ("WA", "Western Australia"),
    },
}
"""Country -> GeoNames' first-level code -> code and names. Of the United States GeoNames tells itself."""
