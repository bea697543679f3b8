// A page that broke or could not start: said in words, with a way to try again.
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Failure } from '../ui/Failure';

export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return <Failure error={error} retry={() => { reset(); void router.invalidate(); }} />;
}
