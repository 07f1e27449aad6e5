import { useMutation, useQueryClient } from '@tanstack/react-query';
import { commandDeclared, type IncidentWish } from '../api/generated/client.ts';
import { announce } from './announce.tsx';

/** Commands something in a declared incident; says aloud that it is so. */
export function useWish(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ wish }: { readonly wish: IncidentWish; readonly said: string }) => commandDeclared(id, { wish }),
    onSuccess: (_, { said }) => announce(said),
    onError: (error) => announce(error.message),
    onSettled: () => client.invalidateQueries(),
  });
}
