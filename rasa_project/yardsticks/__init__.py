"""Public yardsticks: the shipped pipeline on CLINC150, BANKING77 and HWU64, beside the figures that were published.

    python -m yardsticks FOLDER        # a folder with the data as they were published; nothing is fetched

``readers`` knows the published formats, ``measure`` trains and counts, ``published`` holds the tables.
"""
