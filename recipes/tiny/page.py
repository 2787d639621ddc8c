"""The page of results."""
def page(told):
    return "\n".join(told["says"])
