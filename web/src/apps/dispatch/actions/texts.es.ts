import { plural } from '../../../shared/i18n/plural.js';
import type { Translation } from '../../../shared/i18n/translation.js';
import type * as English from './texts.js';

const driversText = (n: number): string => plural(n, { one: '1 conductor', other: '# conductores' });

export const texts: Translation<typeof English> = {
  TEXTS: {
    actions: 'Acciones',
    assign: 'Asignar conductor',
    assignHint: 'Los conductores disponibles más cercanos. El elegido recibe el viaje de inmediato.',
    noDrivers: (distance) => `No hay conductores disponibles en un radio de ${distance}`,
    searching: 'Buscando conductores disponibles…',
    searchFailed: 'No se pudo buscar conductores. Vuelva atrás e inténtelo de nuevo.',
    cancel: 'Cancelar viaje',
    cancelHint: 'Se avisará al pasajero y al conductor.',
    message: 'Mensaje',
    messageTo: (recipient) => `Mensaje a ${recipient}`,
    messageHint: 'Se muestra en la app ahora o la próxima vez que se abra.',
    to: 'Para',
    roles: { driver: 'Conductor', rider: 'Pasajero' },
    text: 'Texto del mensaje',
    offline: 'Desconectar',
    offlineHint: 'El conductor deja de recibir viajes y se le avisa en la app.',
    audited: 'Esta acción queda en el registro de auditoría.',
    back: 'Atrás',
    confirm: { assign: 'Asignar', cancel: 'Cancelar viaje', message: 'Enviar', offline: 'Desconectar' },
    question: {
      cancel: (rider) => `¿Cancelar el viaje de ${rider}?`,
      offline: (driver) => `¿Desconectar a ${driver}?`,
    },
    done: {
      assign: (driver) => `Viaje asignado a ${driver}`,
      cancel: (rider) => `Viaje cancelado: ${rider}`,
      message: (recipient) => (recipient === '' ? 'Mensaje enviado' : `Mensaje enviado a ${recipient}`),
      offline: (driver) => (driver === '' ? 'Desconectado' : `Desconectado: ${driver}`),
    },
    pendingAction: {
      assign: (driver) => `Asignando viaje a ${driver}`,
      cancel: (rider) => `Cancelando viaje de ${rider}`,
      message: (recipient) => (recipient === '' ? 'Enviando mensaje' : `Enviando mensaje a ${recipient}`),
      offline: (driver) => (driver === '' ? 'Desconectando' : `Desconectando a ${driver}`),
    },
    undo: 'Deshacer',
    now: 'Hacerlo ahora',
    undone: 'Deshecho',
    stopped: 'Detenido',
    failedWith: (action, why) => `${action}: ${why}`,
    forMany: (action, drivers) => `${action}: ${driversText(drivers)}`,
    doneFor: (action, done, all) =>
      done === all
        ? `${action}: ${driversText(all)}`
        : `${action}: ${done} de ${driversText(all)}. Los demás lo rechazaron.`,
    selected: (drivers) => plural(drivers, { one: '1 seleccionado', other: '# seleccionados' }),
    clear: 'Quitar selección',
    close: 'Cerrar mensaje',
    alert: 'Enviar alerta a esta zona',
    alertHint:
      'La reciben todas las personas en la zona del mapa: ahora, o cuando abran la app o lleguen aquí antes de que venza.',
    audience: 'Enviar a',
    audiences: { riders: 'Pasajeros', drivers: 'Conductores', dispatchers: 'Despachadores' },
    alertText: 'Texto de la alerta',
    expires: 'Vence en',
    hours: (n) => plural(n, { one: '1 hora', other: '# horas' }),
    sendAlert: 'Enviar alerta',
    withdraw: 'Retirar alerta',
    withdrawHint: 'Las apps dejan de mostrarla y nadie más la recibe.',
    pending: 'Un momento…',
    retry: 'Inténtelo de nuevo en un momento.',
    final: 'No es posible hacerlo. Repetirlo no servirá.',
    refused: (reason, advice) => `${reason}. ${advice}`,
    failed: 'Algo salió mal. Vuelva a cargar la página.',
  },
};
