import type { Polygon } from 'geojson';
import type { Map as GlMap } from 'maplibre-gl';
import {
  TerraDraw,
  TerraDrawCircleMode,
  type TerraDrawExtend,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
  TerraDrawSelectMode,
} from 'terra-draw';
import type { LngLat, ZonePolygon, ZoneRing } from '#sdk';
import type { RingPlace, Tool } from '../model.js';
import { sameRing } from './merge-ring.js';

type FeatureId = ReturnType<TerraDraw['getFeatureId']>;
type Adapter = TerraDrawExtend.TerraDrawBaseAdapter;
type Colour = `#${string}`;

const PREFIX = 'zone-draw';
/** Corners of a circle: round enough, and far from the limit of a zone. */
const CIRCLE_SEGMENTS = 48;
const POINTER_PX = 22;

export type DrawingHandlers = {
  /** a new ring was drawn with a tool */
  drawn(tool: Tool, ring: ZoneRing): void;
  /** a drag has ended, or a corner was added or removed; `base` is the ring before */
  edited(place: RingPlace, base: ZoneRing, ring: ZoneRing, isWhole: boolean): void;
  /** a ring looks like this during a drag; `base` is the ring before */
  dragged(place: RingPlace, base: ZoneRing, ring: ZoneRing): void;
};

/** A zone whose rings can be dragged. */
export type Shown = { id: string; polygons: ZonePolygon[]; isEditable: boolean };

/** Adapter of Terra Draw for the map library in use; only this one is loaded. */
export async function adapterFor(gl: GlMap): Promise<Adapter> {
  const isMaplibre = gl.getContainer().classList.contains('maplibregl-map');
  if (isMaplibre) {
    const { TerraDrawMapLibreGLAdapter } = await import('terra-draw-maplibre-gl-adapter');
    return new TerraDrawMapLibreGLAdapter({ map: gl, prefixId: PREFIX });
  }
  const { TerraDrawMapboxGLAdapter } = await import('terra-draw-mapbox-gl-adapter');
  return new TerraDrawMapboxGLAdapter({ map: gl as never, prefixId: PREFIX });
}

/**
 * Draws and drags rings with Terra Draw. It knows polygons without holes only, so each ring of the zone is a polygon of its own
 * there. Rings change by drags of this user, and by `show`; what `show` sets is never reported.
 */
export class Drawing {
  readonly #draw: TerraDraw;
  readonly #canvas: HTMLElement;
  readonly #rings = new Map<FeatureId, { place: RingPlace; ring: ZoneRing }>();
  #shown: Shown | null = null;
  /** the newest state, which is shown when the drag has ended */
  #next: Shown | null = null;
  #tool: Tool = 'select';
  #isPointerDown = false;
  #isDragging = false;

  constructor(
    private readonly gl: GlMap,
    adapter: Adapter,
    colour: Colour,
    private readonly handlers: DrawingHandlers,
  ) {
    this.#canvas = gl.getCanvas();
    const area = { fillColor: colour, fillOpacity: 0.12, outlineColor: colour, outlineWidth: 2.5 } as const;
    const point = { pointWidth: 6 };
    this.#draw = new TerraDraw({
      adapter,
      modes: [
        new TerraDrawSelectMode({
          allowManualDeselection: false,
          // The page has keys of its own.
          keyEvents: null,
          pointerDistance: POINTER_PX,
          dragEventThrottle: 1_000_000,
          flags: {
            polygon: {
              feature: {
                draggable: true,
                selfIntersectable: true,
                coordinates: { midpoints: { draggable: true }, draggable: true, deletable: true },
              },
            },
          },
          styles: {
            selectedPolygonColor: colour,
            selectedPolygonFillOpacity: 0.04,
            selectedPolygonOutlineColor: colour,
            selectedPolygonOutlineWidth: 2.5,
            selectionPointColor: '#ffffff',
            selectionPointOutlineColor: colour,
            selectionPointOutlineWidth: 2.5,
            selectionPointWidth: point.pointWidth,
            midPointColor: colour,
            midPointOutlineColor: '#ffffff',
            midPointOutlineWidth: 1.5,
            midPointWidth: 4,
          },
        }),
        new TerraDrawPolygonMode({ keyEvents: { cancel: 'Escape', finish: 'Enter' }, styles: area }),
        new TerraDrawRectangleMode({ keyEvents: { cancel: 'Escape', finish: 'Enter' }, styles: area }),
        new TerraDrawCircleMode({
          keyEvents: { cancel: 'Escape', finish: 'Enter' },
          segments: CIRCLE_SEGMENTS,
          styles: area,
        }),
      ],
    });
    this.#draw.on('finish', this.#finished);
    this.#draw.on('change', this.#changed);
    this.#draw.start();
    this.#draw.setMode('select');
    window.addEventListener('pointerdown', this.#down, { capture: true });
    for (const type of ['pointerup', 'pointercancel'] as const)
      window.addEventListener(type, this.#up, { capture: true });
    gl.on('styledata', this.#restore);
  }

  /** Whether this user is dragging. */
  get isDragging(): boolean {
    return this.#isDragging;
  }

  /** Whether a position lies on a handle or the border, in whose vicinity a click selects nothing else. */
  isNear({ lng, lat }: { lng: number; lat: number }): boolean {
    const at = this.gl.project([lng, lat]);
    for (const { ring } of this.#rings.values()) {
      const points = ring.map((vertex) => this.gl.project(vertex));
      const isNear = points.some(
        (a, i) => distanceToEdge(at, a, points[(i + 1) % points.length]!) < POINTER_PX / 2,
      );
      if (isNear) return true;
    }
    return false;
  }

  setTool(tool: Tool): void {
    if (tool === this.#tool) return;
    this.#tool = tool;
    this.#draw.setMode(tool === 'hole' ? 'polygon' : tool === 'point' ? 'select' : tool);
    if (tool === 'select') this.#selectFirst();
  }

  /** Shows the rings of a zone, or none. During a drag, the ring under it stays as it is until the drag has ended. */
  show(zone: Shown | null): void {
    this.#next = zone;
    if (this.#isDragging) return;
    const before = this.#shown;
    this.#shown = zone;
    const rings = placesOf(zone);
    const isSame =
      before?.id === zone?.id &&
      before?.isEditable === zone?.isEditable &&
      rings.length === placesOf(before).length;
    if (!isSame) this.#replace(rings);
    else for (const { place, ring } of rings) this.#change(place, ring);
  }

  /** Selects a ring, so that its corners can be dragged. */
  selectRing({ polygon, ring }: RingPlace): void {
    const id = this.#idOf({ polygon, ring });
    if (id !== undefined) this.#select(id);
  }

  close(): void {
    window.removeEventListener('pointerdown', this.#down, { capture: true });
    for (const type of ['pointerup', 'pointercancel'] as const)
      window.removeEventListener(type, this.#up, { capture: true });
    this.gl.off('styledata', this.#restore);
    this.#draw.stop();
  }

  #idOf({ polygon, ring }: RingPlace): FeatureId | undefined {
    const known = [...this.#rings].find(([, { place }]) => place.polygon === polygon && place.ring === ring);
    return known?.[0];
  }

  #change(place: RingPlace, ring: ZoneRing): void {
    const id = this.#idOf(place);
    if (id === undefined || sameRing(this.#rings.get(id)!.ring, ring)) return;
    this.#rings.set(id, { place, ring });
    this.#draw.updateFeatureGeometry(id, geometryOf(ring));
  }

  #replace(rings: Array<{ place: RingPlace; ring: ZoneRing }>): void {
    for (const id of this.#rings.keys()) if (this.#draw.hasFeature(id)) this.#draw.deselectFeature(id);
    const known = [...this.#rings.keys()].filter((id) => this.#draw.hasFeature(id));
    if (known.length > 0) this.#draw.removeFeatures(known);
    this.#rings.clear();
    if (this.#shown?.isEditable !== true) return;
    for (const { place, ring } of rings) {
      const id = this.#draw.getFeatureId();
      const [added] = this.#draw.addFeatures([
        { id, type: 'Feature', properties: { mode: 'polygon' }, geometry: geometryOf(ring) },
      ]);
      // A ring across the antimeridian is edited in the form.
      if (added?.valid === true) this.#rings.set(id, { place, ring });
    }
    this.#selectFirst();
  }

  #selectFirst(): void {
    const [id] = this.#rings.keys();
    if (id !== undefined && this.#tool === 'select') this.#select(id);
  }

  #select(id: FeatureId): void {
    if (this.#tool === 'select') this.#draw.selectFeature(id);
  }

  readonly #finished = (id: FeatureId, { mode, action }: { mode: string; action: string }): void => {
    const feature = this.#draw.getSnapshotFeature(id);
    if (feature === undefined) return;
    const ring = openRing((feature.geometry as Polygon).coordinates);
    if (mode !== 'select') {
      const tool = this.#tool;
      // Terra Draw still works with the feature.
      queueMicrotask(() => {
        if (this.#draw.hasFeature(id)) this.#draw.removeFeatures([id]);
        this.handlers.drawn(tool, ring);
      });
      return;
    }
    const known = this.#rings.get(id);
    // A drag that begins between two corners adds one first; it is written when the drag ends.
    if (known === undefined || (action === 'insertMidpoint' && this.#isPointerDown)) return;
    this.#rings.set(id, { ...known, ring });
    this.#isDragging = false;
    this.handlers.edited(known.place, known.ring, ring, action === 'dragFeature');
  };

  readonly #changed = (ids: FeatureId[], _type: string, context?: object): void => {
    if (!this.#isPointerDown || (context !== undefined && 'origin' in context)) return;
    for (const id of ids) {
      const known = this.#rings.get(id);
      const feature = known === undefined ? undefined : this.#draw.getSnapshotFeature(id);
      if (feature === undefined) continue;
      const ring = openRing((feature.geometry as Polygon).coordinates);
      if (sameRing(ring, known!.ring)) continue;
      this.#isDragging = true;
      this.handlers.dragged(known!.place, known!.ring, ring);
    }
  };

  readonly #down = ({ target }: PointerEvent): void => {
    this.#isPointerDown = target === this.#canvas;
  };

  readonly #up = (event: PointerEvent): void => {
    if (!this.#isPointerDown) return;
    this.#isPointerDown = false;
    // Terra Draw ends a drag only above the map.
    if (event.target !== this.#canvas || event.type === 'pointercancel') {
      const { clientX, clientY, pointerId, isPrimary } = event;
      this.#canvas.dispatchEvent(new PointerEvent('pointerup', { clientX, clientY, pointerId, isPrimary }));
    }
    // After Terra Draw has seen it.
    setTimeout(() => {
      this.#isDragging = false;
      this.show(this.#next);
    });
  };

  /** Begins again after a new style has removed the layers. */
  readonly #restore = (): void => {
    if (!this.#draw.enabled || this.gl.getSource(`${PREFIX}-polygon`) !== undefined) return;
    try {
      this.#draw.stop();
      this.#draw.start();
    } catch {
      // The style is being loaded; the map calls again when it is there.
      return;
    }
    this.#draw.setMode(this.#tool === 'hole' ? 'polygon' : this.#tool === 'point' ? 'select' : this.#tool);
    this.#rings.clear();
    this.#replace(placesOf(this.#shown));
  };
}

const placesOf = (zone: Shown | null): Array<{ place: RingPlace; ring: ZoneRing }> =>
  zone === null
    ? []
    : zone.polygons.flatMap((rings, polygon) =>
        rings.map((ring, i) => ({ place: { polygon, ring: i }, ring })),
      );

/** Returns a ring with as many decimals as the draft has; Terra Draw refuses more than nine. */
function geometryOf(ring: ZoneRing): Polygon {
  const rounded = ring.map((vertex) => vertex.map((degrees) => Math.round(degrees * 1e7) / 1e7));
  return { type: 'Polygon', coordinates: [[...rounded, rounded[0]!]] };
}

const openRing = (coordinates: number[][][]): ZoneRing => coordinates[0]!.slice(0, -1) as LngLat[];

type Pixel = { x: number; y: number };

function distanceToEdge(at: Pixel, a: Pixel, b: Pixel): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(at.x - a.x - t * dx, at.y - a.y - t * dy);
}
