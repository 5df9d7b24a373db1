"""Numbers, units and dates in Chinese and English text, brought to one form so that the two can be compared."""

from bot.curation.numbers.compare import differences
from bot.curation.numbers.quantities import Quantity, quantities

__all__ = ["Quantity", "differences", "quantities"]
