"""A process of its own that takes in papers until it is killed: ``python -m tests.concurrency.writer APPLICANT DRAFT``.

It does what the portal does with an upload, and says so only after the commit: one line ``<paper> <name>`` for each.
Every third paper it takes out again, and says ``gone <paper>``.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path

from app.extensions import db
from app.rules.vocabulary import AttachmentKind
from app.services import drafts
from app.transaction import end_reading
from models import Attachment
from tests.databases import build_app
from tests.factories import files


def main(applicant_id: str, draft_id: str, start: str) -> None:
    """Upload and remove for ever."""
    app = build_app(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]))
    _name, document = files.pdf()
    with app.app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        for number in count(int(start)):
            name = f"{number}.pdf"
            kind = AttachmentKind.MANDATE if number % 2 else AttachmentKind.OTHER
            drafts.add_paper(applicant_id, draft_id, kind, name, document)
            papers = db.session.query(Attachment).filter_by(draft_id=draft_id).all()
            paper = next(paper for paper in papers if paper.file_name == name)
            paper_id, same = paper.id, [paper.id for paper in papers if paper.kind == kind]
            end_reading()
            print(f"{paper_id} {name}", flush=True)
            if number % 3 == 0 or len(same) > 3:
                gone = paper_id if number % 3 == 0 else same[0]
                print(f"going {gone}", flush=True)
                drafts.remove_paper(applicant_id, draft_id, gone)
                print(f"gone {gone}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
