"""Words that stand twice: a comment that repeats another's before it answers.

It does not know whose words they are.
"""

from __future__ import annotations
