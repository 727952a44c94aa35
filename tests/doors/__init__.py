"""Drivers whose methods are sentences: ``Portal(client).signs_in(applicant)``, ``office.opens("/backoffice/")``."""

from tests.doors.office import Office
from tests.doors.page import Form, Page
from tests.doors.portal import Portal
from tests.doors.visitor import Visitor

__all__ = ["Form", "Office", "Page", "Portal", "Visitor"]
