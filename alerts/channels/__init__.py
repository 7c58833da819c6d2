"""The ways out: a dict of functions by kind of address. A channel sends one message once and says how it went; it never retries."""
