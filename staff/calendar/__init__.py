"""The calendar of staff: a day or a week of providers, with the same commands as the API.

The page is rendered once; its grid is read as JSON and the content of its panel as HTML. The browser decides nothing.
"""
