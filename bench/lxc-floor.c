/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lxc-floor URI XML: starts the container that the file describes, and ends when it has ended.  What
 * this takes is the least that any launch with libvirt takes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>

static char text[1 << 20];
static int ended;

static int
read_file (const char *path)
{
  FILE *file = fopen (path, "re");
  size_t length = file ? fread (text, 1, sizeof text - 1, file) : 0;

  if (!file)
    fprintf (stderr, "%s: %s\n", path, strerror (errno));
  else
    fclose (file);
  return length > 0;
}

static int
on_event (virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
  virDomainPtr *ours = data;

  if (event == VIR_DOMAIN_EVENT_STOPPED && *ours &&
      strcmp (virDomainGetName (*ours), virDomainGetName (domain)) == 0)
    ended = 1;
  return 0;
}

int
main (int argc, char **argv)
{
  virConnectPtr connection;
  virDomainPtr domain = NULL;

  if (argc != 3 || !read_file (argv[2]) || virEventRegisterDefaultImpl () < 0)
    return EXIT_FAILURE;
  connection = virConnectOpen (argv[1]);
  if (!connection || virConnectDomainEventRegister (connection, on_event, &domain, NULL) < 0)
    return EXIT_FAILURE;
  domain = virDomainCreateXML (connection, text, VIR_DOMAIN_START_AUTODESTROY);
  if (!domain)
    return EXIT_FAILURE;
  while (!ended)
    if (virEventRunDefaultImpl () < 0)
      return EXIT_FAILURE;
  virDomainFree (domain);
  virConnectClose (connection);
  return EXIT_SUCCESS;
}
