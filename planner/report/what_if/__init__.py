"""The what-if of a page: sliders that solve the same program again in the browser."""
