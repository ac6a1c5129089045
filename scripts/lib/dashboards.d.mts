export const DASHBOARDS: Record<string, { title: string; panels: unknown[] }>;
export function dashboardOf(name: string): {
  title: string;
  panels: Array<{ title: string; targets: Array<{ expr: string }> }>;
};
