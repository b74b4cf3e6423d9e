/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-kernel"
#include "config.h"

#include "gbx-kernel-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gbx-error.h"
#include "gbx-guest-modules.h"
#include "gbx-kernel-image.h"
#include "gbx-packages.h"

/* The guest boots a kernel of the host: the running one if its file exists, because the
 * host uses its modules, otherwise the newest.  The obstacles differ by distribution, so
 * the failure that is nearest to success is reported. */

typedef enum
{
  OUTCOME_NO_IMAGE,   /* modules without a kernel file */
  OUTCOME_NO_MODULES, /* a kernel file without modules */
  OUTCOME_LACKING,    /* the modules lack what the guest needs */
  OUTCOME_UNREADABLE, /* everything exists, but this account may not read it */
  OUTCOME_USABLE,
} Outcome;

/* Relative to the root, %s being the release. */
static const char *const image_places[] = {
  "/boot/vmlinuz-%s",
  "/lib/modules/%s/vmlinuz",
  "/usr/lib/modules/%s/vmlinuz",
  "/boot/vmlinux-%s",
};
static const char *const module_places[] = { "/lib/modules", "/usr/lib/modules" };
static const char *const image_prefixes[] = { "vmlinuz-", "vmlinux-" };

/* ---------------------------------------------------------- comparison -- */

static gboolean
is_prerelease (const char *text)
{
  if (*text == '-' || *text == '.' || *text == '~')
    text++;

  return g_str_has_prefix (text, "rc");
}

static int
compare_numbers (const char **a, const char **b)
{
  gsize length_a, length_b;
  int order;

  *a += strspn (*a, "0");
  *b += strspn (*b, "0");
  length_a = strspn (*a, "0123456789");
  length_b = strspn (*b, "0123456789");
  order = length_a != length_b ? (length_a < length_b ? -1 : 1) : strncmp (*a, *b, length_a);
  *a += length_a;
  *b += length_b;

  return order;
}

int
gbx_kernel_compare_releases (const char *a, const char *b)
{
  while (*a != '\0' || *b != '\0')
    {
      if (is_prerelease (a) != is_prerelease (b))
        return is_prerelease (a) ? -1 : 1;

      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          int order = compare_numbers (&a, &b);

          if (order != 0)
            return order;
          continue;
        }

      /* 6.1.1 is after 6.1-generic: a further number counts more than a name. */
      if (*a == '.' && *b != '.')
        return 1;
      if (*b == '.' && *a != '.')
        return -1;
      if (*a != *b)
        return (guchar)*a < (guchar)*b ? -1 : 1;
      a++;
      b++;
    }

  return 0;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  return gbx_kernel_compare_releases (*(const char *const *)b, *(const char *const *)a);
}

/* ------------------------------------------------------------- listing -- */

static void
add_release (GPtrArray *releases, const char *release)
{
  if (*release != '\0' && !g_ptr_array_find_with_equal_func (releases, release, g_str_equal, NULL))
    g_ptr_array_add (releases, g_strdup (release));
}

static void
list_images (const char *root, GPtrArray *releases)
{
  g_autofree char *path = g_strconcat (root, "/boot", NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (image_prefixes); i++)
      if (g_str_has_prefix (name, image_prefixes[i]))
        add_release (releases, name + strlen (image_prefixes[i]));
}

static void
list_modules (const char *root, GPtrArray *releases)
{
  for (gsize i = 0; i < G_N_ELEMENTS (module_places); i++)
    {
      g_autofree char *path = g_strconcat (root, module_places[i], NULL);
      g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
      const char *name;

      while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
        add_release (releases, name);
    }
}

/* The running kernel's release, then all others, newest first. */
static GPtrArray *
list_releases (const GbxKernelSearch *search)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *releases = g_ptr_array_new_with_free_func (g_free);

  list_images (search->root, others);
  list_modules (search->root, others);
  g_ptr_array_sort (others, compare_newest_first);

  g_ptr_array_add (releases, g_strdup (search->running));
  for (guint i = 0; i < others->len; i++)
    add_release (releases, g_ptr_array_index (others, i));

  return releases;
}

/* ---------------------------------------------------------- evaluation -- */

static char *
find_image (const char *root, const char *release)
{
  for (gsize i = 0; i < G_N_ELEMENTS (image_places); i++)
    {
      g_auto (GStrv) halves = g_strsplit (image_places[i], "%s", 2);
      g_autofree char *path = g_strconcat (root, halves[0], release, halves[1], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }

  return NULL;
}

static char *
find_modules (const char *root, const char *release)
{
  for (gsize i = 0; i < G_N_ELEMENTS (module_places); i++)
    {
      g_autofree char *path = g_strconcat (root, module_places[i], "/", release, NULL);
      g_autofree char *index = g_build_filename (path, "modules.dep.bin", NULL);

      /* A removed kernel often leaves its folder, but not its index. */
      if (g_file_test (index, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }

  return NULL;
}

static gboolean
has_modules (const char *directory, gboolean desktop, GError **error)
{
  g_autoptr (GbxModuleSet) set = gbx_module_set_new (directory, error);
  GbxInitrdFlags flags = GBX_INITRD_EXEC;
  GbxVideo video = GBX_VIDEO_VIRTIO;

  if (set == NULL)
    return FALSE;
  if (desktop)
    {
      /* If none has a driver, adding the first one sets the error. */
      (void)gbx_guest_modules_choose_video (set, GBX_VIDEO_VIRTIO, &video);
      flags = gbx_initrd_flags_for_video (video);
    }

  return gbx_guest_modules_add (set, flags, error);
}

/* With OUTCOME_USABLE, *kernel is set, else *error. */
static Outcome
evaluate (const GbxKernelSearch *search, const char *release, const char *image, gboolean desktop,
          GbxKernel **kernel, GError **error)
{
  g_autofree char *modules = find_modules (search->root, release);
  g_autofree char *install
      = gbx_packages_command_for (GBX_PACKAGE_KERNEL, search->os_id, search->os_like);
  g_autoptr (GError) lacking = NULL;

  if (image == NULL)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_KERNEL,
                   _ ("There is no kernel file for the release %s, neither in /boot nor beside its "
                      "modules: install one with “%s”."),
                   release, install);
      return OUTCOME_NO_IMAGE;
    }
  if (modules == NULL)
    {
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_KERNEL,
          _ ("The kernel “%s” has no modules (there is no usable /lib/modules/%s): install a "
             "kernel with modules by “%s”."),
          image, release, install);
      return OUTCOME_NO_MODULES;
    }
  if (!has_modules (modules, desktop, &lacking))
    {
      g_set_error (error, GBX_ERROR, lacking->code,
                   _ ("%s Kernels for cloud servers leave such drivers out; “%s” installs one that "
                      "has them."),
                   lacking->message, install);
      return OUTCOME_LACKING;
    }
  if (access (image, R_OK) < 0)
    {
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_KERNEL,
          _ ("The kernel “%s” cannot be read by this account: allow it with “sudo chmod a+r "
             "%s”, and for later kernels, on Debian and Ubuntu, with “sudo dpkg-statoverride "
             "--update --add root root 0644 %s”."),
          image, image, image);
      return OUTCOME_UNREADABLE;
    }
  *kernel = gbx_kernel_new (release, image, modules);

  return OUTCOME_USABLE;
}

/* --------------------------------------------------- the user's choice -- */

static char *
release_from_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);

  for (gsize i = 0; i < G_N_ELEMENTS (image_prefixes); i++)
    if (g_str_has_prefix (name, image_prefixes[i]))
      return g_strdup (name + strlen (image_prefixes[i]));

  /* /lib/modules/RELEASE/vmlinuz */
  return g_path_get_basename (folder);
}

static char *
release_of_file (const char *path)
{
  g_autofree guint8 *head = g_malloc (GBX_KERNEL_IMAGE_HEAD);
  GbxKernelImage image;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n = fd >= 0 ? read (fd, head, GBX_KERNEL_IMAGE_HEAD) : -1;

  if (fd >= 0)
    close (fd);
  gbx_kernel_image_parse (&image, head, MAX (n, 0));
  if (image.release[0] != '\0')
    return g_strdup (image.release);

  return release_from_name (path);
}

static GbxKernel *
find_chosen (const GbxKernelSearch *search, gboolean desktop, GError **error)
{
  g_autofree char *path = realpath (search->chosen, NULL);
  g_autofree char *release = NULL;
  GbxKernel *kernel = NULL;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_KERNEL,
          _ ("The kernel “%s” that GLOVEBOX_KERNEL names is not a file: name another one, or "
             "unset the variable."),
          search->chosen);
      return NULL;
    }
  release = release_of_file (path);
  (void)evaluate (search, release, path, desktop, &kernel, error);

  return kernel;
}

/* -------------------------------------------------------------- public -- */

GbxKernel *
gbx_kernel_search (const GbxKernelSearch *search, gboolean desktop, GError **error)
{
  g_autoptr (GPtrArray) releases = NULL;
  g_autoptr (GError) nearest = NULL;
  Outcome best = OUTCOME_NO_IMAGE;

  if (search->chosen != NULL && *search->chosen != '\0')
    return find_chosen (search, desktop, error);

  releases = list_releases (search);
  for (guint i = 0; i < releases->len; i++)
    {
      const char *release = g_ptr_array_index (releases, i);
      g_autofree char *image = find_image (search->root, release);
      g_autoptr (GError) failure = NULL;
      GbxKernel *kernel = NULL;
      Outcome outcome = evaluate (search, release, image, desktop, &kernel, &failure);

      if (outcome == OUTCOME_USABLE)
        return kernel;
      g_debug ("%s: %s", release, failure->message);
      if (nearest == NULL || outcome > best)
        {
          best = outcome;
          g_clear_error (&nearest);
          nearest = g_steal_pointer (&failure);
        }
    }
  g_propagate_error (error, g_steal_pointer (&nearest));

  return NULL;
}
