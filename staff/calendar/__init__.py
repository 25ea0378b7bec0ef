"""The calendar that staff works with: a day and a week of providers, and the same commands as the API's.

The page is made once; its grid is read as JSON, and what stands in its panel as HTML. The browser decides nothing.
"""
