import type { Translation } from '../../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Métricas en vivo',
    fixes: 'Posiciones/s',
    lastMinute: 'Posiciones por segundo en el último minuto',
    p50: 'Retraso p50',
    p99: 'Retraso p99',
    waiting: 'Esperando',
    underWay: 'A recogida',
    onTrip: 'En viaje',
    connections: 'Conexiones',
    lag: 'Pendientes',
    show: 'Mostrar gráficos',
    hide: 'Ocultar gráficos',
    charts: 'Últimos 10 minutos',
    chart: {
      fixes: 'Posiciones por segundo',
      delay: 'Retraso (ms)',
      trips: 'Viajes abiertos',
      connections: 'Conexiones',
      lag: 'Pendientes (entradas del stream)',
    },
    series: {
      fixes: 'Posiciones/s',
      p50: 'p50',
      p99: 'p99',
      waiting: 'Esperando',
      underWay: 'A recogida',
      onTrip: 'En viaje',
      lag: 'Pendientes',
    },
    summary: (chart, series) => `${chart}: ${series.join(', ')}`,
    sample: (time, values) => `${time}: ${values.join(', ')}`,
    now: (series, now, max) => `${series} ahora ${now}, máx. ${max}`,
    unknown: '–',
  },
};
