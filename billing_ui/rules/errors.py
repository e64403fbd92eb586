"""Every refusal the product knows, as one tree with stable codes and facts.

BillingError
├── Denied                     the caller may not (or is not known)
│   ├── SignInRequired         session_required
│   ├── Forbidden              forbidden
│   ├── BadCredentials         bad_credentials
│   ├── BadLink                bad_link
│   ├── BadCode                bad_code                  (on a receipt)
│   ├── BadKey                 bad_key                   (a program's secret)
│   ├── SignUpClosed           signup_closed
│   ├── TooManyTries           too_many_tries            retry_at, retry_after_s
│   └── TooManyAtOnce          too_many_at_once          most, retry_after_s
├── Invalid                    the request itself is wrong
│   ├── FieldInvalid           field_invalid             field, why, wanted (of a setting)
│   ├── NotConfirmed           not_confirmed             amount, currency  (a large sum, not typed once more)
│   ├── EmailTaken             email_taken
│   ├── PasswordTooShort       password_too_short        minimum
│   ├── AmountOutOfRange       amount_out_of_range       minimum, maximum, currency
│   ├── MethodUnavailable      method_unavailable        method, why
│   └── PlanUnavailable        plan_unavailable          plan
├── NotFound                   not_found                 what
├── Conflict                   the state of things forbids it
│   ├── KeyReused              key_reused                key
│   ├── NotPayable             not_payable               status
│   ├── NotCancelable          not_cancelable            status
│   ├── NotRefundable          not_refundable            why, maximum, currency
│   ├── OnlyWhole              refund_only_whole         maximum, currency
│   ├── NotCreditable          not_creditable            why
│   ├── AlreadyDecided         already_decided           decision
│   ├── TooManyKeys            too_many_keys             most        (of host apps)
│   └── InsufficientBalance    insufficient_balance      balance, needed
├── GatewayError               the outside world
│   ├── GatewayRejected        gateway_rejected          reason      (nothing happened there)
│   └── GatewayUnavailable     gateway_unavailable                   (the outcome is unknown)
├── Busy                       busy                      retry_after_s
├── EventFailed                event_failed              event_id    (our fault; nothing was charged)
└── Misconfigured              misconfigured             what        (stops the start)
"""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | None


class BillingError(Exception):
    """The root. `code` is stable for ever; `facts` fill the placeholders of the sentence shown for it."""

    code: ClassVar[str] = "internal"

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


class Denied(BillingError):
    code = "denied"


class SignInRequired(Denied):
    code = "session_required"


class Forbidden(Denied):
    code = "forbidden"


class BadCredentials(Denied):
    code = "bad_credentials"


class BadLink(Denied):
    code = "bad_link"


class BadCode(Denied):
    code = "bad_code"


class BadKey(Denied):
    code = "bad_key"


class SignUpClosed(Denied):
    code = "signup_closed"


class TooManyTries(Denied):
    code = "too_many_tries"


class TooManyAtOnce(Denied):
    code = "too_many_at_once"


class Invalid(BillingError):
    code = "invalid"


class FieldInvalid(Invalid):
    code = "field_invalid"


class NotConfirmed(Invalid):
    code = "not_confirmed"


class EmailTaken(Invalid):
    code = "email_taken"


class PasswordTooShort(Invalid):
    code = "password_too_short"


class AmountOutOfRange(Invalid):
    code = "amount_out_of_range"


class MethodUnavailable(Invalid):
    code = "method_unavailable"


class PlanUnavailable(Invalid):
    code = "plan_unavailable"


class NotFound(BillingError):
    code = "not_found"


class Conflict(BillingError):
    code = "conflict"


class KeyReused(Conflict):
    code = "key_reused"


class NotPayable(Conflict):
    code = "not_payable"


class NotCancelable(Conflict):
    code = "not_cancelable"


class NotRefundable(Conflict):
    code = "not_refundable"


class OnlyWhole(Conflict):
    code = "refund_only_whole"


class NotCreditable(Conflict):
    code = "not_creditable"


class AlreadyDecided(Conflict):
    code = "already_decided"


class TooManyKeys(Conflict):
    code = "too_many_keys"


class InsufficientBalance(Conflict):
    code = "insufficient_balance"


class GatewayError(BillingError):
    code = "gateway"


class GatewayRejected(GatewayError):
    code = "gateway_rejected"


class GatewayUnavailable(GatewayError):
    code = "gateway_unavailable"


class Busy(BillingError):
    code = "busy"


class EventFailed(BillingError):
    code = "event_failed"


class Misconfigured(BillingError):
    code = "misconfigured"


def leaves(root: type[BillingError] = BillingError) -> list[type[BillingError]]:
    """Every error that can be raised by name: the classes without children, in drawing order."""
    children = root.__subclasses__()
    return [leaf for child in children for leaf in leaves(child)] if children else [root]
