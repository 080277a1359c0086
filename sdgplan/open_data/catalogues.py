"""What can be downloaded, told to search engines (schema.org) and catalogues (DCAT)."""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils import timezone

from commons.packages import LICENCE
from commons.read_model import kept
from commons.tables import FORMATS
from indicators.models import Publication
from plans.models import Plan
from sdgplan.open_data.tables import SDMX, TABLES, counted_publications

ZIP = "application/zip"
KEYWORDS = ["지속가능발전", "SDGs", "이행계획", "이행지표", "공공데이터"]


def _files(plan: Plan) -> list[tuple[str, str, str, str]]:
    """(title, address without the site, media type, suffix) of every whole file of a plan."""
    found = [
        (
            f"{table.shape.title} ({kind.label})",
            reverse("data:table", args=[plan.slug, table.name, kind.suffix]),
            kind.media_type,
            kind.label,
        )
        for table in TABLES
        for kind in FORMATS.values()
    ]
    found.append((SDMX.shape.title, reverse("data:sdmx", args=[plan.slug]), "text/csv", "SDMX-CSV"))
    found.append(("모든 표 (ZIP)", reverse("data:zip", args=[plan.slug]), ZIP, "ZIP"))
    return found


def _kept_files(plan: Plan) -> list[tuple[str, str, str, str]]:
    return kept(("files", plan.pk), lambda: _files(plan))


def _modified(publications: list[Publication]) -> str:
    """The day of the newest of *publications*; "R/P1Y" (once a year) before the first."""
    days = [publication.published_at for publication in publications]
    return timezone.localtime(max(days)).date().isoformat() if days else "R/P1Y"


def _title(plan: Plan) -> str:
    return f"{plan.title} {plan.start_year}–{plan.end_year}"


def dataset(plan: Plan, here: Callable[[str], str]) -> dict:
    """A plan as a schema.org Dataset; *here* makes an address of this site absolute."""
    publications = counted_publications(plan)
    found = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": here(reverse("data:index", args=[plan.slug])),
        "url": here(reverse("data:index", args=[plan.slug])),
        "name": _title(plan),
        "description": plan.summary or _title(plan),
        "identifier": plan.slug,
        "inLanguage": "ko",
        "keywords": KEYWORDS,
        "license": LICENCE["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": plan.municipality},
        "publisher": {"@type": "GovernmentOrganization", "name": plan.municipality},
        "temporalCoverage": f"{plan.start_year}/{plan.end_year}",
        "spatialCoverage": {"@type": "Place", "name": plan.municipality},
        "measurementTechnique": here(reverse("plans:method", args=[plan.slug])),
        "variableMeasured": [
            field.title for table in TABLES if table.name == "figures" for field in table.shape.fields
        ],
        "distribution": [
            {"@type": "DataDownload", "name": title, "contentUrl": here(address), "encodingFormat": media_type}
            for title, address, media_type, _suffix in _kept_files(plan)
        ],
    }
    if publications:
        newest = publications[0]
        found["version"] = f"{newest.round.year}.{newest.edition}"
        found["dateModified"] = _modified(publications)
    return found


def catalogue(plans: Iterable[Plan], here: Callable[[str], str], *, contact: str = "") -> dict:
    """The catalogue of a site after DCAT-US 1.1: one dataset for each plan. *contact* is a mail address, or ''."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": [_dcat(plan, here, contact) for plan in plans],
    }


def _dcat(plan: Plan, here: Callable[[str], str], contact: str) -> dict:
    address = here(reverse("data:index", args=[plan.slug]))
    package = here(reverse("data:package", args=[plan.slug]))
    found = {
        "@type": "dcat:Dataset",
        "identifier": address,
        "title": _title(plan),
        "description": plan.summary or _title(plan),
        "keyword": KEYWORDS,
        "modified": _modified(counted_publications(plan)),
        "accrualPeriodicity": "R/P1Y",
        "accessLevel": "public",
        "license": LICENCE["path"],
        "language": ["ko"],
        "temporal": f"{plan.start_year}-01-01/{plan.end_year}-12-31",
        "spatial": plan.municipality,
        "landingPage": address,
        "describedBy": package,
        "describedByType": "application/json",
        "publisher": {"@type": "org:Organization", "name": plan.municipality},
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": title,
                "downloadURL": here(file),
                "mediaType": media_type,
                "format": suffix,
            }
            for title, file, media_type, suffix in _kept_files(plan)
        ],
    }
    if contact:
        found["contactPoint"] = {"@type": "vcard:Contact", "fn": plan.municipality, "hasEmail": f"mailto:{contact}"}
    return found
