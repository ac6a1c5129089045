import { ALERT_THRESHOLDS } from '#protocol';
import { plural } from '../../../shared/i18n/plural.js';
import type { Translation } from '../../../shared/i18n/translation.js';
import type * as English from './texts.js';

const INCIDENTS = {
  accident: 'Accidente',
  breakdown: 'Avería',
  threat: 'Amenaza',
  other: 'Incidente',
} as const;

const EVENTS: Translation<typeof English>['EVENTS'] = {
  incident: (kind, by) => `${kind}, reporte de ${by}`,
  incidentText: (kind, by, text) => `${kind}, reporte de ${by}: ${text}`,
  areaAlert: (audience, text) => `Alerta para ${audience.join(' y ')}: ${text}`,
  areaWithdrawn: (by) => `${by} retiró una alerta`,
  surge: (n) =>
    plural(n, { one: '1 solicitud de viaje en 5 minutos', other: '# solicitudes de viaje en 5 minutos' }),
  secondDevice: (driver) => `${driver} se conectó en un segundo dispositivo`,
  farArrived: (driver, distance) => `${driver} indicó su llegada a ${distance} de la recogida`,
  farOnTrip: (driver, distance) => `${driver} comenzó un viaje a ${distance} de la recogida`,
  farCompleted: (driver, distance) => `${driver} terminó un viaje a ${distance} del destino`,
  driverSilent: (driver) => `${driver} perdió la señal durante un viaje`,
  noDriver: 'Ningún conductor aceptó un viaje',
  removedZone: 'una zona eliminada',
};

const { noDriverMs, approachMs, waitMs } = ALERT_THRESHOLDS;
const minutes = (ms: number): string => plural(ms / 60_000, { one: 'un minuto', other: '# minutos' });

export const texts: Translation<typeof English> = {
  TEXTS: {
    activity: 'Actividad',
    none: 'Sin actividad todavía',
    missed: 'Se perdieron algunos eventos durante el corte de la conexión. Los viajes están al día.',
    alerts: (n) => plural(n, { one: '1 alerta', other: '# alertas' }),
    alertsNow: (n) => plural(n, { one: 'Ahora: 1 alerta', other: 'Ahora: # alertas' }),
    dismiss: 'Descartar',
    withdraw: 'Retirar',
    dismissAll: (n) => plural(n, { other: 'Descartar todas (#)' }),
    dismissed: (n) => plural(n, { one: '1 descartada', other: '# descartadas' }),
    justDismissed: (n) => plural(n, { one: 'Alerta descartada', other: '# alertas descartadas' }),
    undo: 'Deshacer',
    dismissedBy: (by, age) => `Descartada por ${by} hace ${age}`,
    take: 'Me encargo',
    takenBy: (by, age) => `${age} · se encarga ${by}`,
    reopen: 'Reabrir',
    more: (n) => plural(n, { one: '1 más no aparece en la lista', other: '# más no aparecen en la lista' }),
    about: (action, alert) => `${action}: ${alert}`,
    markFailed: 'No se pudo guardar. Inténtelo de nuevo.',
  },
  INCIDENTS,
  AUDIENCES: { riders: 'pasajeros', drivers: 'conductores', dispatchers: 'despachadores' },
  EVENTS,
  CROSSINGS: {
    enter: (driver, zone) => `${driver} entró en ${zone}`,
    exit: (driver, zone) => `${driver} salió de ${zone}`,
    dwell: (driver, zone) => `${driver} permanece en ${zone}`,
    alert: (crossing) => `Alerta: ${crossing}`,
  },
  REACHED: {
    riders: (n) => plural(n, { one: '1 pasajero', other: '# pasajeros' }),
    drivers: (n) => plural(n, { one: '1 conductor', other: '# conductores' }),
    dispatchers: (n) => plural(n, { one: '1 despachador', other: '# despachadores' }),
    nobody: 'Aún no llegó a nadie',
    all: (reached) => `Llegó a ${reached.join(', ')}`,
  },
  ALERTS: {
    driver_silent: {
      one: ({ driverId }) => `${driverId} no tiene señal durante un viaje`,
      many: (n) => plural(n, { other: '# conductores no tienen señal durante un viaje' }),
    },
    no_driver: {
      one: () => `Un pasajero espera desde hace más de ${minutes(noDriverMs)}`,
      many: (n) => plural(n, { other: `# pasajeros esperan desde hace más de ${minutes(noDriverMs)}` }),
    },
    slow_approach: {
      one: ({ driverId }) => `${driverId} está en camino desde hace más de ${minutes(approachMs)}`,
      many: (n) =>
        plural(n, { other: `# conductores están en camino desde hace más de ${minutes(approachMs)}` }),
    },
    long_wait: {
      one: ({ driverId }) => `${driverId} espera desde hace más de ${minutes(waitMs)}`,
      many: (n) => plural(n, { other: `# conductores esperan desde hace más de ${minutes(waitMs)}` }),
    },
    second_device: {
      one: ({ driverId }) =>
        `${driverId} tiene la sesión iniciada en dos dispositivos. Solo se sigue al más reciente.`,
      many: (n) => plural(n, { other: '# conductores tienen la sesión iniciada en dos dispositivos' }),
    },
    far_step: {
      one: ({ driverId }) => `${driverId} dio un paso de un viaje lejos de su lugar`,
      many: (n) => plural(n, { other: '# pasos de viajes se dieron lejos de su lugar' }),
    },
    node_gone: {
      one: ({ node }) => `${node} no responde`,
      many: (n) => plural(n, { other: '# procesos no responden' }),
    },
    no_go: {
      one: ({ driverId, zone }) => `${driverId} está en ${zone}, que es zona prohibida`,
      many: (n) => plural(n, { other: '# conductores están en zonas prohibidas' }),
    },
    zone: {
      one: ({ driverId, zone }) => `${driverId} está en ${zone}`,
      many: (n) => plural(n, { other: '# conductores están en zonas con alertas' }),
    },
    incident: {
      one: ({ incident }) =>
        incident === undefined
          ? INCIDENTS.other
          : incident.text === ''
            ? EVENTS.incident(INCIDENTS[incident.kind], incident.by.userId)
            : EVENTS.incidentText(INCIDENTS[incident.kind], incident.by.userId, incident.text),
      many: (n) => plural(n, { other: 'Se reportaron # incidentes' }),
    },
  },
};
