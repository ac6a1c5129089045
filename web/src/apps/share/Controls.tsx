import { useStore } from '../../shared/ui/hooks.js';
import { Minus, Plus, Target } from '../../shared/ui/icons.js';
import type { SharedScene } from './shared-scene.js';
import { TEXTS } from './texts.js';

export function Controls({ scene, hasCar }: { scene: SharedScene; hasCar: boolean }) {
  const { camera } = scene;
  const follows = useStore(camera.follows);
  const buttons = [
    { name: TEXTS.zoomIn, icon: <Plus />, act: () => camera.zoomBy(1) },
    { name: TEXTS.zoomOut, icon: <Minus />, act: () => camera.zoomBy(-1) },
  ];
  return (
    <>
      {hasCar && !follows && (
        <button type="button" className="panel follow-car" onClick={() => camera.follow(true)}>
          <Target />
          {TEXTS.follow}
        </button>
      )}
      <div className="controls">
        {buttons.map(({ name, icon, act }) => (
          <button key={name} type="button" onClick={act} aria-label={name} title={name}>
            {icon}
          </button>
        ))}
      </div>
    </>
  );
}
