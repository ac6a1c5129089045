import type { Translation } from '../../../../shared/i18n/translation.js';
import type * as English from './change-texts.js';

export const texts: Translation<typeof English> = {
  KIND_WORDS: {
    service_area: 'área de servicio',
    no_pickup: 'zona sin recogidas',
    no_dropoff: 'zona sin destinos',
    no_go: 'zona prohibida',
    pickup_points: 'zona con puntos de recogida',
    queue: 'fila',
    surge: 'zona de alta demanda',
    alert: 'zona con alertas',
  },
  CHANGES: {
    added: (kind, name) => `Se agregó: ${kind} «${name}»`,
    removed: (kind, name) => `Se quitó: ${kind} «${name}»`,
    changed: (kind, name, changes) =>
      `${kind[0]!.toUpperCase()}${kind.slice(1)} «${name}»: ${changes.join(', ')}`,
    moved: 'cambió el borde',
    renamed: (before) => `antes se llamaba «${before}»`,
    kind: (before) => `antes: ${before}`,
    points: 'cambiaron los puntos de recogida',
    rule: (rule, before, after) => `${rule} de ${before} a ${after}`,
  },
  FAULTS: {
    'has # vertices; a zone has at most #': 'tiene # vértices; una zona tiene como máximo #',
    'has no polygon': 'no tiene ningún polígono',
    'has a polygon without a ring': 'tiene un polígono sin anillo',
    'has a ring of fewer than three vertices': 'tiene un anillo de menos de tres vértices',
    'comes too close to a pole': 'se acerca demasiado a un polo',
    'has a ring around a pole': 'tiene un anillo alrededor de un polo',
    'is wider than # degrees': 'mide más de # grados de ancho',
    'crosses or touches itself': 'se cruza o se toca a sí misma',
    'has a hole outside of its outer ring': 'tiene un hueco fuera de su borde',
    'has a hole within a hole': 'tiene un hueco dentro de otro',
    'is more than # wide or high': 'mide más de # de ancho o de alto',
    'is more than # from the middle of its region': 'está a más de # del centro de su región',
    'there are # zones; a region has at most #': 'hay # zonas; una región tiene como máximo #',
    'has no pick-up point': 'no tiene ningún punto de recogida',
    'has the name of another zone of its kind': 'tiene el nombre de otra zona de su tipo',
    'is not a Feature': 'no es un Feature',
    'has no kind that is one of *': 'no tiene tipo, o no es ninguno de estos: *',
    'has a name without visible characters': 'tiene un nombre sin caracteres visibles',
    'has an invalid rule: *': 'tiene una regla no válida: *',
    'has the id * of another feature': 'tiene el id * de otro elemento',
    'has a geometry that is no Polygon or MultiPolygon: *': 'no es Polygon ni MultiPolygon, sino: *',
    'has a ring of fewer than four positions': 'tiene un anillo de menos de cuatro posiciones',
    'has a ring that is not closed: it ends at #, #, not where it began':
      'tiene un anillo que no está cerrado: termina en #, #, no donde empezó',
    'has malformed coordinates': 'tiene coordenadas mal formadas',
    'has a position that is not [longitude, latitude]: #, #':
      'tiene una posición que no es [longitud, latitud]: #, #',
    'the input is neither a FeatureCollection nor a Feature of GeoJSON':
      'el archivo no es ni FeatureCollection ni Feature de GeoJSON',
    '# features; a region has at most # zones': '# elementos; una región tiene como máximo # zonas',
  },
};
