import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  PAGE: { title: 'Hexfleet: ubicación en vivo para viajes por app' },
  TEXTS: {
    name: 'Hexfleet',
    claim:
      'Muestra a pasajeros, conductores y despachadores dónde está cada auto, en vivo: código abierto, para equipos que crean apps de viajes.',
    needsDemo: 'Esta página necesita la demo. Inicia Hexfleet con npm start y vuelve a abrirla.',
    offline: 'Sin conexión, reconectando',
    links: 'Acerca de Hexfleet',
    api: 'Referencia de la API',
    docs: 'Documentación',
    quickStart: 'Inicio rápido',
    source: 'Código',
    steps: 'Pasos del viaje',
    step: (n, of) => `Paso ${n} de ${of}`,
    before: 'Los autos se están preparando. El primer viaje comienza en un momento.',
    now: (step, sentence) => `${step}: ${sentence}`,
    sides: 'Elige una app',
    frames: {
      rider: { name: 'Pasajero', line: 've cómo se acerca el auto', title: 'App del pasajero' },
      driver: { name: 'Conductor', line: 'acepta el viaje', title: 'App del conductor' },
      dispatch: { name: 'Despacho', line: 'supervisa toda la flota', title: 'Tablero de despacho' },
    },
    open: 'Abrir',
    opens: (name) => `Abrir ${name} en una pestaña nueva`,
    pause: 'Tomar el control',
    pauseHint: 'Usa los botones de las apps del pasajero y del conductor',
    play: 'Automático',
    playHint: 'Deja que el viaje continúe solo',
    figures: 'Cifras en vivo',
    vehicles: 'autos en línea',
    fixes: 'ubicaciones por segundo',
    delay: 'del auto al mapa',
  },
  STEPS: ['Pedido', 'Ofrecido', 'En camino', 'Llegó', 'En viaje', 'Completado'],
  SENTENCES: [
    'Un pasajero pide un auto.',
    'El conductor más cercano recibe la oferta.',
    'El pasajero ve cómo se acerca el auto.',
    'El auto está en el punto de recogida.',
    'El auto va hacia el destino.',
    'El pasajero llegó. El próximo viaje comienza pronto.',
  ],
};
