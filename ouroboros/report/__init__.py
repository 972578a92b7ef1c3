"""The state of the database as one HTML file that needs no server, no network and no Grafana."""
