"""Look-alikes of the outside worlds (Xendit, Resend) on loopback, so that money can be tried without any.

A process of its own: the product speaks to it over HTTP only, exactly as it would to the real ones.
"""
