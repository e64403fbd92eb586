"""The receipt on paper: read back as a reader, a screen reader and a tax office would."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from billing_ui.queries.receipts import Party, ReceiptView
from billing_ui.rules.receipts import TaxLine, printed
from billing_ui.services import papers
from tests.services.test_receipts import choose, of, paid
from tests.world import World


@pytest.fixture
def receipt(world: World) -> ReceiptView:
    return of(world, paid(world, world.customer()))


def document(world: World, receipt: ReceiptView, language: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(papers.receipt_pdf(world.env, receipt, language)))


def words(world: World, receipt: ReceiptView, language: str) -> str:
    (page,) = document(world, receipt, language).pages
    return " ".join(page.extract_text().replace("\u00a0", " ").split())


def test_the_paper_says_it_in_indonesian(world: World, receipt: ReceiptView) -> None:
    said = words(world, receipt, "id")
    for phrase in (
        "Makalah AI", "Kuitansi", receipt.number, "Total dibayar Rp 50.000", "Lunas · 21 Nov 2026, 10.00 WIB",
        "Terbilang lima puluh ribu rupiah", "Pembeli Sari Dewi", "500.000 token Rp 50.000", "Metode QRIS",
        receipt.ref, "py-0001", f"/receipts/{receipt.number}/", f"Kode periksa {printed(receipt.check_code)}",
    ):  # fmt: skip
        assert phrase in said
    assert "PPN" not in said
    assert "DIKEMBALIKAN" not in said


def test_the_paper_says_it_in_english(world: World, receipt: ReceiptView) -> None:
    said = words(world, receipt, "en")
    for phrase in (
        "Receipt", "Total paid IDR 50,000", "Paid · 21 Nov 2026, 10:00 WIB", "In words fifty thousand rupiah",
        "500,000 tokens IDR 50,000", "Check code",
    ):  # fmt: skip
        assert phrase in said


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_is_tagged_titled_and_speaks_its_language(world: World, receipt: ReceiptView, language: str) -> None:
    paper = document(world, receipt, language)
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert "/StructTreeRoot" in root
    assert paper.metadata is not None
    assert receipt.number in (paper.metadata.title or "")
    assert b"pdfuaid" in papers.receipt_pdf(world.env, receipt, language)


def test_the_same_receipt_is_the_same_file(world: World, receipt: ReceiptView) -> None:
    first = papers.receipt_pdf(world.env, receipt, "id")
    world.later(days=400)
    papers.receipt_pdf(world.env, receipt, "en")
    assert papers.receipt_pdf(world.env, receipt, "id") == first


@pytest.mark.parametrize(
    ("mode", "phrases"),
    [
        ("added", ("PPN 11% dari Rp 50.000 Rp 5.500", "Total dibayar Rp 55.500")),
        ("included", ("Harga sudah termasuk PPN 11% sebesar Rp 4.955 (dasar pengenaan Rp 45.045).",)),
    ],
)
def test_tax_stands_on_the_paper(world: World, mode: str, phrases: tuple[str, ...]) -> None:
    choose(world, "tax.mode", mode)
    choose(world, "seller.tax_id", "01.234.567.8-901.000")
    choose(world, "seller.address", "Jl. Kenari 5, Bandung")
    said = words(world, of(world, paid(world, world.customer())), "id")
    for phrase in (*phrases, "Jl. Kenari 5, Bandung", "NPWP 01.234.567.8-901.000"):
        assert phrase in said


@pytest.mark.parametrize(
    ("rate", "told"), [(1_100, "PPN 11%"), (1_150, "PPN 11,5%"), (1_125, "PPN 11,25%"), (None, "PPN")]
)
def test_a_rate_is_told_as_people_write_it(world: World, receipt: ReceiptView, rate: int | None, told: str) -> None:
    taxed = replace(receipt, tax=TaxLine("added", rate, 5_500, 50_000), fee=1_500, bonus_tokens=25_000)
    said = words(world, taxed, "id")
    for phrase in (f"{told} dari Rp 50.000", "Biaya layanan Rp 1.500", "Ditambah bonus 25.000 token"):
        assert phrase in said


@pytest.mark.parametrize(
    ("refunded", "stamp"), [(50_000, "DIKEMBALIKAN Rp 50.000"), (9_000, "DIKEMBALIKAN SEBAGIAN Rp 9.000")]
)
def test_money_that_went_back_is_stamped_on_it(world: World, receipt: ReceiptView, refunded: int, stamp: str) -> None:
    said = words(world, replace(receipt, refunded=refunded), "id")
    assert stamp.replace(" ", "") in said.replace(" ", "")


def test_dollars_are_not_spelled_out(world: World, receipt: ReceiptView) -> None:
    said = words(world, replace(receipt, currency="USD", total=1_999, amount=1_999), "en")
    assert "Total paid $19.99" in said
    assert "In words" not in said


@pytest.mark.parametrize(
    "name", ['#panic("x")', "*Sari* _Dewi_ $x$", "</svg><script>", "Ň" * 60, "李小龙", "محمد", "👩🏽‍💻", "\u0000\u202e"]
)
def test_whatever_a_customer_is_called_is_only_text(world: World, receipt: ReceiptView, name: str) -> None:
    paper = document(world, replace(receipt, buyer=Party(name, account="acc_1")), "id")
    assert len(paper.pages) == 1
    if name.isascii() and name.isprintable():
        assert name in paper.pages[0].extract_text()
