import type { Scene } from '../map/scene.js';
import { Minus, Plus, Whole } from '../ui/icons.js';
import { TEXTS } from './texts.js';

export const MapControls = ({ scene }: { scene: Scene }) => (
  <>
    <div className="controls">
      <button
        type="button"
        onClick={() => scene.camera.zoomBy(1)}
        aria-label={TEXTS.zoomIn}
        title={TEXTS.zoomIn}
      >
        <Plus />
      </button>
      <button
        type="button"
        onClick={() => scene.camera.zoomBy(-1)}
        aria-label={TEXTS.zoomOut}
        title={TEXTS.zoomOut}
      >
        <Minus />
      </button>
      <button type="button" onClick={() => scene.showCity()} aria-label={TEXTS.city} title={TEXTS.city}>
        <Whole />
      </button>
    </div>
  </>
);
