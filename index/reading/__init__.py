"""How a text is read: one module per thing that a person sees on a page. `index.structure` puts them in order."""
