"""Assets by factory from the catalogue: four per source (documents, tables, observations, loaded), then index and report."""
