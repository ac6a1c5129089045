import { Locate, Minus, Plus } from 'lucide-react';
import type { Camera } from '../map/camera.js';
import { TEXTS } from './texts.js';

type Props = {
  camera: Camera;
  /** hides the button */
  isCentred: boolean;
  onRecentre: () => void;
};

export const MapControls = ({ camera, isCentred, onRecentre }: Props) => (
  <>
    {!isCentred && (
      <button type="button" className="panel recentre" onClick={onRecentre}>
        <Locate size={18} aria-hidden />
        {TEXTS.recentre}
      </button>
    )}
    <div className="controls">
      <button type="button" aria-label={TEXTS.zoomIn} onClick={() => camera.zoomBy(1)}>
        <Plus size={18} aria-hidden />
      </button>
      <button type="button" aria-label={TEXTS.zoomOut} onClick={() => camera.zoomBy(-1)}>
        <Minus size={18} aria-hidden />
      </button>
    </div>
  </>
);
