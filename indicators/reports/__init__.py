"""Publications as files: what stands where (`layout`), and one module for each format that writes it."""
