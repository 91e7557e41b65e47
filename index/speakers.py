"""Names and roles of people and papers as a text writes them: who is meant by "Lt. Roe" or "the WPT".

It does not know what they said.
"""

from __future__ import annotations
