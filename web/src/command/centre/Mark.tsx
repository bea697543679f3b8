// A hospital's state by shape and colour, as on the map; the words stand beside it.
import type { HospitalState } from './shape';

const shapes: Record<HospitalState, React.ReactNode> = {
  emergency: <path d="M8 1.5 15 14H1z" className="fill" />,
  session: <path d="M8 1 15 8 8 15 1 8z" className="fill" />,
  connected: <circle cx="8" cy="8" r="6" className="fill" />,
  quiet: <circle cx="8" cy="8" r="5.2" className="line" />,
  'not-joined': <rect x="3" y="3" width="10" height="10" className="line" />,
};

export function Mark({ state }: { state: string }) {
  return <svg className={`mark ${state}`} viewBox="0 0 16 16" width="14" height="14" aria-hidden>{shapes[state as HospitalState] ?? shapes.quiet}</svg>;
}
