"""What all pages share: base templates, components, static files, and what a view may ask of its request."""
