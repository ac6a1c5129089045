import { plural } from '../../../shared/i18n/plural.js';
import type { Translation } from '../../../shared/i18n/translation.js';
import { count } from '../../../shared/ui/format.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    panels: 'Columna izquierda',
    zones: 'Zonas',
    loading: 'Cargando zonas…',
    search: 'Buscar zonas',
    region: 'Región',
    regionName: (region, isCentre) => (isCentre ? 'Esta región' : `Región ${region.slice(2, 6)}`),
    count: (shown, total) =>
      shown === total
        ? plural(total, { one: '1 zona', other: '# zonas' })
        : plural(total, { one: `${count(shown)} de 1 zona`, other: `${count(shown)} de # zonas` }),
    draft: 'Borrador',
    empty: 'Aquí todavía no hay zonas',
    emptyHint: 'Las zonas deciden dónde recoge el servicio y en qué orden los conductores reciben viajes.',
    noMatch: 'Ninguna zona coincide con la búsqueda',
    edit: 'Editar zonas',
    opening: 'Abriendo…',
    done: 'Listo',
    add: 'Agregar zona',
    addHint: 'Agrega un cuadrado en el centro del mapa',
    publish: 'Publicar…',
    versions: 'Versiones',
    import: 'Importar',
    export: 'Exportar',
    locked: (user) => `Bloqueada por ${user}`,
    lockedByYou: 'Bloqueada por usted',
    editedBy: (names) => `Seleccionada por ${names}`,
    you: 'Usted',
    people: (names) => `Editando ahora: ${names}`,
    saved: 'Todos los cambios guardados',
    saving: 'Guardando…',
    offline:
      'Sin conexión. Los cambios se conservan en este dispositivo y se combinan al volver la conexión.',
    readOnly: 'Solo lectura',
    show: 'Zonas en el mapa',
    legend: 'Tipos de zonas',
    queue: {
      title: 'Fila',
      empty: 'No hay conductores esperando',
      driver: 'Conductor',
      waiting: 'Esperando',
      wait: 'Espera est.',
      unknown: '–',
      departures: (n) =>
        plural(n, { one: '1 salida en la última hora', other: '# salidas en la última hora' }),
      failed: 'No se puede cargar la fila.',
    },
    close: 'Cerrar',
    rules: 'Reglas',
  },
};
