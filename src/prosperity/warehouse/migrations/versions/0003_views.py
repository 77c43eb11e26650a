"""Read-only views with speaking names

Revision: 0003, after 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: In the order of creation: later ones stand on earlier ones.
VIEWS = {
    "observation_validity": """
        SELECT o.series_id, o.period, o.known_from,
               LEAD(o.known_from) OVER (PARTITION BY o.series_id, o.period ORDER BY o.known_from) AS known_until,
               o.known_from_basis, o.value, o.obs_status, o.qualifier, o.conflict, o.evidence_id, o.ingested_at,
               s.unit, s.unit_mult, s.frequency, s.name_zh, s.name_en, s.source
        FROM observation AS o
        JOIN series AS s ON s.id = o.series_id
    """,
    "latest_observations": """
        SELECT v.series_id, v.period, v.known_from, v.known_from_basis, v.value, v.obs_status, v.qualifier,
               v.conflict, v.evidence_id, v.ingested_at, v.unit, v.unit_mult, v.frequency, v.name_zh, v.name_en,
               v.source, p.publisher_zh, p.publisher_en, p.licence
        FROM observation_validity AS v
        JOIN source AS p ON p.id = v.source
        WHERE v.known_until IS NULL
    """,
    # The release is that of the reading the observation was derived from. The same bytes under two addresses
    # give two readings of one place: the one with the observation's own day comes first.
    "evidence_of": """
        SELECT v.series_id, v.period, v.known_from, v.known_until, v.known_from_basis, v.value, v.obs_status,
               v.qualifier, v.conflict, v.evidence_id, v.ingested_at, v.unit, v.unit_mult, v.frequency,
               v.name_zh, v.name_en, v.source,
               e.document, e.page, e.x0, e.top, e.x1, e.bottom, e.node, e.span_start, e.span_end, e.pointer,
               e.raw, e.method, e.extractor, d.media_type, d.sample,
               r.key AS release, r.title AS release_title, r.issued, r.issued_basis,
               l.address AS document_address, l.fetched_at, l.brought_by,
               p.publisher_zh, p.publisher_en, p.licence
        FROM observation_validity AS v
        JOIN evidence AS e ON e.id = v.evidence_id
        JOIN document AS d ON d.sha256 = e.document
        JOIN source AS p ON p.id = v.source
        LEFT JOIN release AS r ON r.key = COALESCE(
            (
                SELECT MIN(g.release) FROM reading AS g
                WHERE g.series = v.series_id AND g.period = v.period AND g.evidence = v.evidence_id
                  AND g.withdrawn_at IS NULL AND g.known_from = v.known_from
            ), (
                SELECT MIN(g.release) FROM reading AS g
                WHERE g.series = v.series_id AND g.period = v.period AND g.evidence = v.evidence_id
                  AND g.withdrawn_at IS NULL
            )
        )
        LEFT JOIN release_document AS l ON l.release = r.key AND l.document = e.document
    """,
    "open_rejections": """
        SELECT j.id, j.source, j.stage, j.what, j."where" AS place, j.reason, j.period, j.document, j.release,
               r.title AS release_title, r.address, COALESCE(j.year, r.year) AS year, j.retryable,
               j.first_seen_at, j.last_seen_at
        FROM rejection AS j
        LEFT JOIN release AS r ON r.key = j.release
        WHERE j.resolved_at IS NULL
    """,
}


def upgrade() -> None:
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def downgrade() -> None:
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
