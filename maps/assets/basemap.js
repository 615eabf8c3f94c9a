/* The ground of a map: streets, water, parks, railways and names, drawn by protomaps-leaflet from archives in the page. */
"use strict";

const basemap = (() => {
  const FONT = '"Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';
  const NEAR = 13; // display zoom from which the near archive is drawn: see maps/basemap.py

  /* The library exports no reader of an archive in memory, but its source holds one: its constructor takes any store. */
  function archive(name, base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
    const Archive = new protomapsL.PmtilesSource(name, false).p.constructor;
    const getBytes = async (offset, length) => ({ data: bytes.slice(offset, offset + length) });
    return new Archive({ getKey: () => name, getBytes });
  }

  const { LineSymbolizer, PolygonSymbolizer, exp } = protomapsL;
  const is = (...kinds) => (zoom, feature) => kinds.includes(feature.props.kind);
  const everywhere = (kinds, symbolizer, zooms = {}) => [
    { dataSource: "far", dataLayer: "ground", filter: is(...kinds), symbolizer, ...zooms,
      maxzoom: Math.min(zooms.maxzoom || NEAR - 1, NEAR - 1) },
    { dataSource: "near", dataLayer: "ground", filter: is(...kinds), symbolizer, ...zooms,
      minzoom: Math.max(zooms.minzoom || NEAR, NEAR) },
  ];
  const line = (color, stops, more = {}) =>
    new LineSymbolizer({ color, width: exp(1.6, stops), lineCap: "round", lineJoin: "round", ...more });

  /* From the ground up: areas, then the edges of all roads, then their surfaces, so that crossings are open. */
  function paintRules({ areas, ways }) {
    const edges = [
      [["path"], line(ways.path[0], [[14, .7], [17, 1.6], [19, 3]], { dash: [4, 3] }), { minzoom: 15 }],
      [["service"], line(ways.service[0], [[14, .8], [16, 2.6], [19, 11]]), { minzoom: 14 }],
      [["street"], line(ways.street[0], [[13, .8], [15, 3.4], [17, 11], [19, 26]])],
      [["secondary"], line(ways.secondary[0], [[9, .5], [13, 2.6], [15, 6], [17, 15], [19, 34]])],
      [["main"], line(ways.main[0], [[8, .6], [13, 3.8], [15, 7.6], [17, 18], [19, 40]])],
      [["motorway"], line(ways.motorway[0], [[7, .8], [13, 4.8], [15, 9], [17, 20], [19, 44]])],
    ];
    const surfaces = [
      [["service"], line(ways.service[1], [[15, .6], [16, 1.6], [19, 9]]), { minzoom: 15 }],
      [["street"], line(ways.street[1], [[14, .6], [15, 2.2], [17, 9], [19, 23]]), { minzoom: 14 }],
      [["secondary"], line(ways.secondary[1], [[11, .3], [13, 1.4], [15, 4.4], [17, 12.6], [19, 31]]), { minzoom: 11 }],
      [["main"], line(ways.main[1], [[11, .6], [13, 2.4], [15, 5.8], [17, 15.4], [19, 37]]), { minzoom: 11 }],
      [["motorway"], line(ways.motorway[1], [[10, .6], [13, 3.2], [15, 7], [17, 17.4], [19, 41]]), { minzoom: 10 }],
    ];
    return [
      [["wood"], new PolygonSymbolizer({ fill: areas.wood })],
      [["park"], new PolygonSymbolizer({ fill: areas.park })],
      [["water"], new PolygonSymbolizer({ fill: areas.water })],
      [["stream"], line(ways.stream[0], [[9, .8], [13, 1.6], [17, 6]])],
      ...edges,
      ...surfaces,
      [["railway"], line(ways.railway[0], [[9, .6], [13, 1.4], [17, 3]])],
      [["railway"], line("#fff", [[13, .7], [17, 1.8]], { dash: [7, 7], lineCap: "butt" }), { minzoom: 13 }],
    ].flatMap((rule) => everywhere(...rule));
  }

  /* A street's name stands on its straightest stretch; the library's own rule wants streets straighter than ours are. */
  function alongOf(look, em, layout, geometry, feature) {
    const { name } = feature.props;
    if (!name) return undefined;
    layout.scratch.font = look.font();
    const width = layout.scratch.measureText(name).width;
    const labels = [];
    for (const line of geometry) {
      for (const [from, to] of stretches(line, width, em)) {
        const middle = from.add(to).div(2);
        const step = to.sub(from).div(Math.max(2, Math.ceil(width / em)));
        const bboxes = [];
        for (let at = from; at.dist(from) <= width; at = at.add(step)) {
          bboxes.push({ minX: at.x - em / 2, maxX: at.x + em / 2, minY: at.y - em / 2, maxY: at.y + em / 2 });
        }
        const turn = Math.atan2(to.y - from.y, to.x - from.x);
        const draw = (context) => written(context, name, look, Math.abs(turn) > Math.PI / 2 ? turn + Math.PI : turn);
        labels.push({ anchor: middle, bboxes, draw, deduplicationKey: name, deduplicationDistance: 380 });
      }
    }
    return labels;
  }

  function written(context, name, look, turn) {
    context.rotate(turn);
    Object.assign(context, { globalAlpha: 1, font: look.font(), textAlign: "center", textBaseline: "middle" });
    Object.assign(context, { lineWidth: look.width(), lineJoin: "round", strokeStyle: look.stroke });
    context.strokeText(name, 0, 0);
    context.fillStyle = look.fill;
    context.fillText(name, 0, 0);
  }

  /* Return the ends of the straightest chord of a length in each stretch of a line, if it keeps close to the line. */
  function stretches(line, width, em) {
    const along = [0];
    for (let at = 1; at < line.length; at += 1) along.push(along[at - 1] + line[at].dist(line[at - 1]));
    const total = along[along.length - 1];
    const point = (metres) => {
      const next = Math.min(Math.max(1, along.findIndex((far) => far >= metres)), line.length - 1);
      const share = (metres - along[next - 1]) / (along[next] - along[next - 1] || 1);
      return line[next - 1].add(line[next].sub(line[next - 1]).mult(share));
    };
    const count = Math.max(1, Math.floor(total / 700));
    const found = [];
    for (let part = 0; part < count; part += 1) {
      const [first, last] = [total * part / count, total * (part + 1) / count - width];
      let best = null;
      for (let at = first; at <= last; at += em) {
        const chord = point(at + width).dist(point(at));
        const score = chord - Math.abs(at - (first + last) / 2) * .02;
        if (chord > .97 * width && (!best || score > best.score)) best = { at, score };
      }
      if (best) found.push([point(best.at), point(best.at + width)]);
    }
    return found;
  }

  /* The name of an area stands in the middle of what a tile holds of it, where there is room, once. */
  function middleOf(symbolizer, layout, geometry, feature) {
    const points = geometry.flat();
    const [x, y] = ["x", "y"].map((axis) => points.map((point) => point[axis]));
    const [west, east, north, south] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
    if (east - west < 70 || south - north < 40) return undefined;
    const middle = points[0].clone();
    [middle.x, middle.y] = [(west + east) / 2, (north + south) / 2];
    const labels = symbolizer.place(layout, [[middle]], feature);
    return labels && labels.map((label) => (
      { ...label, deduplicationKey: feature.props.name, deduplicationDistance: 500 }));
  }

  /* `size` tells how many pixels of a tile one em of the page takes up. */
  function labelRules(size) {
    const text = (ems, fill, more = {}) => ({
      font: () => `${more.weight || 400} ${(ems * size()).toFixed(1)}px ${FONT}`,
      fill, stroke: "rgb(255 255 255 / .9)", width: () => .25 * size(), ...more,
    });
    const point = (...style) => new protomapsL.CenteredTextSymbolizer(text(...style));
    const along = (...style) => {
      const look = text(...style);
      return { place: (layout, geometry, feature) => alongOf(look, size(), layout, geometry, feature) };
    };
    const inside = (...style) => {
      const held = point(...style);
      return { place: (layout, geometry, feature) => middleOf(held, layout, geometry, feature) };
    };
    return [
      [["city"], point(1.25, "#35414c", { weight: 600 }), { maxzoom: 12 }],
      [["town"], point(1.1, "#35414c", { weight: 600 }), { maxzoom: 13 }],
      [["station"], point(1, "#5b4b6b", { weight: 600 }), { minzoom: 14 }],
      [["suburb", "village"], point(1, "#4a5661", { weight: 600 }), { minzoom: 12 }],
      [["main", "motorway"], along(1, "#4c5965"), { minzoom: 14 }],
      [["secondary"], along(1, "#4c5965"), { minzoom: 14 }],
      [["street"], along(1, "#55626e"), { minzoom: 15 }],
      [["water", "stream"], along(1, "#33677f"), { minzoom: 13 }],
      [["park", "wood"], inside(1, "#466a3a"), { minzoom: 15 }],
      [["hamlet"], point(1, "#5d6973"), { minzoom: 14 }],
      [["path", "service"], along(1, "#6a737b"), { minzoom: 17 }],
    ].flatMap((rule) => everywhere(...rule));
  }

  /* Streets and names as two layers of one group: what is shown on the map lies between them. */
  function ground(archives, options) {
    const sources = {};
    for (const [name, { data, zoom, lift }] of Object.entries(archives)) {
      sources[name] = { url: archive(name, data), maxDataZoom: zoom, levelDiff: lift };
    }
    const shared = { sources, attribution: "", bounds: options.bounds, maxZoom: 20, keepBuffer: 1,
      devicePixelRatio: Math.max(2, devicePixelRatio) }; // sharp between whole zooms, too
    const painted = protomapsL.leafletLayer({ ...shared, pane: options.pane, paintRules: paintRules(options) });
    const root = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
    let stretch = 1;
    const names = protomapsL.leafletLayer({
      ...shared, pane: options.names, labelRules: labelRules(() => root() / stretch),
    });
    names.views = painted.views; // one set of tiles for both
    const roomy = () => { names.labelers.maxLabeledTiles = 128; }; // 16 are fewer than a wide screen shows
    roomy();
    const group = L.layerGroup([painted, names]);
    // What lies below, such as the areas' borders, shows through water and parks.
    painted.on("add", () => { painted.getPane().style.mixBlendMode = "multiply"; });
    const fit = () => {
      const zoom = names._map.getZoom();
      const now = 2 ** (zoom - Math.round(zoom));
      if (now === stretch) return;
      stretch = now;
      names.clearLayout();
      roomy();
      names.rerenderTiles();
    };
    names.on("add", () => { fit(); names._map.on("zoomend", fit); });
    names.on("remove", () => names._map.off("zoomend", fit));
    return group;
  }

  return { ground };
})();
