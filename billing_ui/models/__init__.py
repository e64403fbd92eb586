"""One table shape per noun. Shapes hold no rules and no relationships; the database checks what they promise."""

from billing_ui.models.account import Account, Member
from billing_ui.models.api_key import ApiKey
from billing_ui.models.audit import Audit
from billing_ui.models.catalogue import CatalogueState, PlanVersion, TokenPackage
from billing_ui.models.decision import CaptureDecision
from billing_ui.models.gateway_read import GatewayRead
from billing_ui.models.inbox import InboxMessage
from billing_ui.models.job import Job
from billing_ui.models.mail import MailLog, MailStop
from billing_ui.models.payment import Capture, Payment, PaymentEvent
from billing_ui.models.receipt import Receipt
from billing_ui.models.reconciliation import Difference, ReconcileRun
from billing_ui.models.refund import Dispute, Refund
from billing_ui.models.session import AuthAttempt, AuthSession, AuthToken
from billing_ui.models.setting import Setting
from billing_ui.models.subscription import Subscription
from billing_ui.models.topup import Topup
from billing_ui.models.user import Operator, User

__all__ = [
    "Account",
    "ApiKey",
    "Audit",
    "AuthAttempt",
    "AuthSession",
    "AuthToken",
    "Capture",
    "CaptureDecision",
    "CatalogueState",
    "Difference",
    "Dispute",
    "GatewayRead",
    "InboxMessage",
    "Job",
    "MailLog",
    "MailStop",
    "Member",
    "Operator",
    "Payment",
    "PaymentEvent",
    "PlanVersion",
    "Receipt",
    "ReconcileRun",
    "Refund",
    "Setting",
    "Subscription",
    "TokenPackage",
    "Topup",
    "User",
]
