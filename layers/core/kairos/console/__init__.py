"""The console: pages for marketers, made on the server, around the services that the API calls too."""
