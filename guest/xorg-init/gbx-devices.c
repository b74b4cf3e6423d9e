/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-devices.h"

#include "gbx-util.h"

#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool
add_node (GbxDisplayDevices *self, const char *path)
{
  char kernel_path[64];
  struct stat st;

  snprintf (kernel_path, sizeof kernel_path, GBX_KERNEL_DEV "/%s", path);
  if (self->n_nodes == GBX_N_ELEMENTS (self->nodes) || stat (kernel_path, &st) != 0 ||
      !S_ISCHR (st.st_mode))
    return false;
  snprintf (self->nodes[self->n_nodes].path, sizeof self->nodes->path, "%s", path);
  self->nodes[self->n_nodes++].number = st.st_rdev;
  return true;
}

static GbxInputKind
classify (const char *path)
{
  char kernel_path[64];
  GbxInputBits bits = { 0 };
  gbx_autofd fd = -1;

  snprintf (kernel_path, sizeof kernel_path, GBX_KERNEL_DEV "/%s", path);
  fd = open (kernel_path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return GBX_INPUT_NONE;
  /* If one fails, its bits stay zero. */
  ioctl (fd, EVIOCGBIT (0, sizeof bits.types), bits.types);
  ioctl (fd, EVIOCGBIT (EV_KEY, sizeof bits.keys), bits.keys);
  ioctl (fd, EVIOCGBIT (EV_REL, sizeof bits.relative), bits.relative);
  ioctl (fd, EVIOCGBIT (EV_ABS, sizeof bits.absolute), bits.absolute);
  return gbx_input_classify (&bits);
}

static void
add_input (GbxDisplayDevices *self, GbxXorgConfig *config, const char *path)
{
  GbxInputDevice *input = &config->inputs[config->n_inputs];
  GbxInputKind kind = classify (path);

  if (kind == GBX_INPUT_NONE || config->n_inputs == GBX_INPUTS_MAX || !add_node (self, path))
    return;
  snprintf (input->device, sizeof input->device, "/dev/%s", path);
  input->kind = kind;
  config->n_inputs++;
}

/* virtio-gpu offers 3D as feature bit 0 (VIRTIO_GPU_F_VIRGL). */
static bool
card_renders (void)
{
  char features[128];

  return gbx_read_file ("/sys/class/drm/card0/device/features", features, sizeof features) > 0 &&
         features[0] == '1';
}

void
gbx_find_devices (GbxDisplayDevices *self, GbxXorgConfig *config, bool opengl)
{
  char path[32];

  config->card = add_node (self, "dri/card0") ? "/dev/dri/card0" : NULL;
  if (!config->card)
    add_node (self, "fb0");
  config->glx = opengl;
  config->accelerated = opengl && config->card && card_renders ();
  if (config->accelerated)
    add_node (self, "dri/renderD128");
  add_node (self, "tty0");
  add_node (self, "tty1");
  for (int i = 0; i < 32; i++)
    {
      snprintf (path, sizeof path, "input/event%d", i);
      add_input (self, config, path);
    }
}

static bool
make_node (const char *path, mode_t mode, dev_t number, uid_t uid, gid_t gid)
{
  return mknod (path, S_IFCHR | mode, number) == 0 && chmod (path, mode) == 0 &&
         chown (path, uid, gid) == 0;
}

bool
gbx_make_private_dev (const GbxDisplayDevices *self, uid_t uid, gid_t gid)
{
  char path[64];

  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k") != 0)
    return false;
  mkdir ("/dev/dri", 0755);
  mkdir ("/dev/input", 0755);
  mkdir ("/dev/shm", 01777);
  if (!make_node ("/dev/null", 0666, makedev (1, 3), 0, 0) ||
      !make_node ("/dev/zero", 0666, makedev (1, 5), 0, 0) ||
      !make_node ("/dev/urandom", 0444, makedev (1, 9), 0, 0))
    return false;
  for (size_t i = 0; i < self->n_nodes; i++)
    {
      snprintf (path, sizeof path, "/dev/%s", self->nodes[i].path);
      if (!make_node (path, 0600, self->nodes[i].number, uid, gid))
        return false;
    }
  return true;
}
