/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-interrupts.h"

#include <pthread.h>
#include <signal.h>

static void *
await_interrupt (void *data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  int number;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  if (sigwait (&set, &number) == 0)
    g_cancellable_cancel (cancellable);
  return NULL;
}

void
gbx_interrupts_begin (GCancellable *cancellable)
{
  pthread_t thread;
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  if (pthread_create (&thread, NULL, await_interrupt, cancellable) == 0)
    pthread_detach (thread);
}
