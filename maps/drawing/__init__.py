"""Maps in a browser that ask nobody for anything: folium offline, our own elements, surfaces and base map."""
