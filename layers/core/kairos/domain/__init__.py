"""The pure domain: no AWS, no clock, no environment. Time always comes in as an argument."""
