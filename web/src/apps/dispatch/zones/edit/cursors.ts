import type { Map as GlMap } from 'maplibre-gl';
import type { ZonesEditorInfo } from '#sdk';

/** Pointers of other dispatchers on the map, with their names. They are for sighted users; the list names all editors, too. */
export class Cursors {
  readonly #layer = document.createElement('div');
  readonly #elements = new Map<number, HTMLElement>();
  #editors: readonly ZonesEditorInfo[] = [];

  constructor(private readonly gl: GlMap) {
    this.#layer.className = 'zone-cursors';
    this.#layer.setAttribute('aria-hidden', 'true');
    gl.getContainer().append(this.#layer);
    gl.on('move', this.#place);
  }

  set(editors: readonly ZonesEditorInfo[]): void {
    this.#editors = editors.filter(({ cursor }) => cursor !== null);
    const present = new Set(this.#editors.map(({ clientId }) => clientId));
    for (const [clientId, element] of this.#elements)
      if (!present.has(clientId)) {
        element.remove();
        this.#elements.delete(clientId);
      }
    for (const editor of this.#editors)
      if (!this.#elements.has(editor.clientId)) this.#elements.set(editor.clientId, this.#create(editor));
    this.#place();
  }

  close(): void {
    this.gl.off('move', this.#place);
    this.#layer.remove();
  }

  #create({ name, colour }: ZonesEditorInfo): HTMLElement {
    const element = document.createElement('div');
    element.className = 'zone-cursor';
    element.style.color = colour;
    element.innerHTML =
      '<svg viewBox="0 0 18 18" width="18" height="18"><path d="M2 2 15 8 9 9.6 7 15.5Z"/></svg><span></span>';
    element.querySelector('span')!.textContent = name;
    this.#layer.append(element);
    return element;
  }

  readonly #place = (): void => {
    // With the map, a pointer moves at once; on its own, it glides.
    this.#layer.dataset.moving = String(this.gl.isMoving());
    for (const { clientId, cursor } of this.#editors) {
      const { x, y } = this.gl.project(cursor!);
      this.#elements.get(clientId)!.style.transform = `translate(${x}px, ${y}px)`;
    }
  };
}
