"""Words for messages: Liquid and MJML, bounded, escaped, in four languages."""
