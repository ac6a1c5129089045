import { plural } from '../../shared/i18n/plural.js';
import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './texts.js';

const WRONG_CLOCK =
  'La fecha y la hora de este dispositivo no son correctas. Ponlas en automático en los ajustes.';
const NO_POSITION =
  'Este dispositivo aún no tiene una ubicación válida. Ve a un lugar desde donde se vea el cielo.';
const TO_PICKUP = { title: 'Ve a la recogida', label: 'Desliza al llegar', anyway: 'Ya llegué' };
const NO_STEP = { title: '', label: '', anyway: '' };

export const texts: Translation<typeof English> = {
  PAGE: { title: 'Conductor · Hexfleet' },
  PINS: { pickup: 'Recogida', dropoff: 'Destino' },
  TEXTS: {
    mapLabel: 'Mapa con tu auto',
    sheet: 'Tu turno',

    offline: 'No estás en línea',
    offlineHint: 'No recibirás ofertas de viajes.',
    elsewhere: 'Estás en línea en otro dispositivo o en otra ventana',
    elsewhereHint: 'Conéctate aquí para continuar en este dispositivo.',
    loading: 'Cargando',
    loadingHint: 'Comprobando si tienes un viaje en curso.',
    online: 'Esperando un viaje',
    onlineHint: 'Aquí aparecerán las solicitudes cercanas.',
    queue: (name) => `En la fila de ${name}`,
    hidden: 'Nadie puede ver tu auto',
    clockFast: (by) =>
      `El reloj de este dispositivo está adelantado ${by}. Tu ubicación se envía con la hora correcta.`,
    clockSlow: (by) =>
      `El reloj de este dispositivo está atrasado ${by}. Tu ubicación se envía con la hora correcta.`,
    goOnline: 'Conectarse',
    goOffline: 'Desconectarse',
    notYet: 'Todavía no',
    missed: 'Perdiste un viaje',
    missedMany: (n) => plural(n, { other: 'Perdiste # viajes seguidos' }),
    takeBreak: 'Desconéctate para tomar un descanso. Si no, los pasajeros te esperan en vano.',
    dismiss: 'Cerrar',
    sound: 'Sonido para viajes nuevos',
    enterPin: 'Pídele el PIN a tu pasajero',
    startTrip: 'Comenzar viaje',
    waiting: (time) => `Esperando desde hace ${time}`,
    noShowIn: (time) => `Puedes reportar que no se presentó en ${time}`,
    noShow: 'El pasajero no se presentó',
    noShowQuestion: '¿Cancelar este viaje porque tu pasajero no se presentó?',
    details: 'Detalles de la conexión',
    source: 'Fuente de la ubicación',
    sources: { device: 'Este dispositivo', demo: 'Recorrido de demo' },

    facts: {
      sampling: 'Intervalo de envío',
      samplingValue: (seconds) => `${seconds} s`,
      samplingHint: 'Lo decide el servicio',
      outbox: 'Ubicaciones',
      outboxEmpty: 'Todas enviadas',
      outboxWaiting: (n) => plural(n, { other: '# por enviar' }),
      waiting: (n) => plural(n, { one: '1 ubicación por enviar', other: '# ubicaciones por enviar' }),
      screen: 'Pantalla',
      screenOn: 'Sigue encendida',
      screenOff: 'Puede apagarse',
    },

    offer: 'Viaje nuevo',
    around: (place) => `Cerca de ${place}`,
    tripLength: (distance, minutes) => `Aprox. ${distance}, ${minutes} min`,
    toPickup: (distance) => `${distance} hasta la recogida`,
    accept: 'Aceptar',
    decline: 'Rechazar',
    secondsLeft: (n) => plural(n, { one: 'Queda 1 segundo', other: 'Quedan # segundos' }),

    estimating: 'Calculando la ruta',
    riderOnline: 'En línea',
    riderOffline: 'Sin conexión',
    cancelQuestion: '¿Cancelar este viaje? Tu pasajero recibirá otro auto.',
    close: 'Cerrar',
    next: 'Siguiente viaje',

    volatile: 'Las ubicaciones por enviar se pierden si cierras esta página',
    takenOffline: 'Despacho te desconectó.',
    problem: (code) => `Algo salió mal (${code}). Inténtalo de nuevo.`,
    refusedFixes: (code) => `Tu ubicación fue rechazada (${code}). Desconéctate y vuelve a conectarte.`,
  },
  NAVIGATE: {
    open: 'Navegar',
    list: 'Abrir en una app de navegación',
    phone: 'Mapas del teléfono',
    google: 'Google Maps',
    waze: 'Waze',
  },
  QUEUE: {
    place: (place, of) => `${place}.º de ${of}`,
    placeAndWait: (place, of, wait) => `${place}.º de ${of}, unos ${wait}`,
  },
  STATES: {
    requested: NO_STEP,
    offered: NO_STEP,
    accepted: TO_PICKUP,
    arriving: TO_PICKUP,
    arrived: { title: 'Esperando al pasajero', label: 'Desliza para comenzar', anyway: 'Comenzar igual' },
    on_trip: { title: 'Ve al destino', label: 'Desliza para terminar', anyway: 'Terminar igual' },
    completed: { title: 'Viaje completado', label: '', anyway: '' },
    cancelled: { title: 'Viaje cancelado', label: '', anyway: '' },
  },
  FAR_AWAY: {
    pickup: (distance) => `Estás a ${distance} de la recogida.`,
    dropoff: (distance) => `Estás a ${distance} del destino.`,
  },
  PROBLEMS: {
    WRONG_PIN: 'Ese no es el PIN correcto. Vuelve a pedírselo a tu pasajero.',
    TOO_MANY_PINS: 'Demasiados PIN incorrectos. Pídele a despacho que comience este viaje.',
    NO_SHOW_TOO_EARLY: 'Tu pasajero todavía tiene un poco de tiempo para llegar.',
    OFFER_OVER: 'Esta oferta venció.',
    BAD_STATE: 'Este viaje cambió mientras tanto.',
    NO_GEOLOCATION: 'Este dispositivo no tiene ubicación. Usa el recorrido de demo.',
    PERMISSION_DENIED:
      'El acceso a la ubicación está desactivado. Permítelo para esta página o usa el recorrido de demo.',
    RATE_LIMITED: 'Demasiadas solicitudes. Inténtalo de nuevo en un momento.',
  },
  REFUSED_FIXES: {
    TIME_IN_FUTURE: WRONG_CLOCK,
    TIME_TOO_OLD: WRONG_CLOCK,
    TIME_IN_SECONDS: WRONG_CLOCK,
    NULL_ISLAND: NO_POSITION,
    BAD_POSITION: NO_POSITION,
  },
};
