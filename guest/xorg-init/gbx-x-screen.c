/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The size of the screen, by RandR. */

#include "gbx-x-client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOTS_PER_INCH 96
/* Of the names of our modes. */
#define PREFIX "gbx-"

typedef struct
{
  xcb_randr_output_t output;
  xcb_randr_crtc_t crtc;
  xcb_randr_mode_t mode; /* of exactly the requested size; 0 */
} Target;

static xcb_randr_mode_t
find_mode (xcb_randr_get_screen_resources_current_reply_t *resources,
           xcb_randr_get_output_info_reply_t *info, uint16_t width, uint16_t height)
{
  const xcb_randr_mode_info_t *modes = xcb_randr_get_screen_resources_current_modes (resources);
  const xcb_randr_mode_t *of_output = xcb_randr_get_output_info_modes (info);

  for (int i = 0; i < resources->num_modes; i++)
    for (int j = 0; j < info->num_modes; j++)
      if (modes[i].id == of_output[j] && modes[i].width == width && modes[i].height == height)
        return modes[i].id;
  return 0;
}

/* The first connected output, with a controller that can drive it. */
static bool
find_target (GbxXClient *self, xcb_randr_get_screen_resources_current_reply_t *resources,
             uint16_t width, uint16_t height, Target *target)
{
  const xcb_randr_output_t *outputs = xcb_randr_get_screen_resources_current_outputs (resources);
  bool found = false;

  for (int i = 0; i < resources->num_outputs && !found; i++)
    {
      xcb_randr_get_output_info_reply_t *info = xcb_randr_get_output_info_reply (
          self->connection,
          xcb_randr_get_output_info (self->connection, outputs[i], resources->config_timestamp),
          NULL);

      if (info && info->connection == XCB_RANDR_CONNECTION_CONNECTED && info->num_crtcs > 0)
        {
          target->output = outputs[i];
          target->crtc = info->crtc ? info->crtc : xcb_randr_get_output_info_crtcs (info)[0];
          target->mode = find_mode (resources, info, width, height);
          found = true;
        }
      free (info);
    }
  return found;
}

/* A virtual screen needs no blanking: use the smallest that is valid, at 60 frames a
 * second. */
static xcb_randr_mode_t
create_mode (GbxXClient *self, const Target *target, uint16_t width, uint16_t height)
{
  char name[32];
  xcb_randr_create_mode_reply_t *reply;
  xcb_randr_mode_info_t info = {
    .width = width,
    .height = height,
    .hsync_start = width + 48,
    .hsync_end = width + 80,
    .htotal = width + 160,
    .vsync_start = height + 3,
    .vsync_end = height + 9,
    .vtotal = height + 30,
    .mode_flags = XCB_RANDR_MODE_FLAG_HSYNC_POSITIVE | XCB_RANDR_MODE_FLAG_VSYNC_NEGATIVE,
  };
  xcb_randr_mode_t mode;

  info.dot_clock = (uint32_t) info.htotal * info.vtotal * 60;
  info.name_len = snprintf (name, sizeof name, PREFIX "%ux%u", width, height);
  reply = xcb_randr_create_mode_reply (
      self->connection,
      xcb_randr_create_mode (self->connection, self->root, info, info.name_len, name), NULL);
  mode = reply ? reply->mode : 0;
  free (reply);
  if (mode)
    xcb_randr_add_output_mode (self->connection, target->output, mode);
  return mode;
}

static void
set_screen_size (GbxXClient *self, uint16_t width, uint16_t height)
{
  xcb_randr_set_screen_size (self->connection, self->root, width, height,
                             (uint32_t) (width * 254 / (DOTS_PER_INCH * 10)),
                             (uint32_t) (height * 254 / (DOTS_PER_INCH * 10)));
}

static bool
apply (GbxXClient *self, const Target *target, xcb_timestamp_t time, uint16_t width, uint16_t height)
{
  xcb_get_geometry_reply_t *now = xcb_get_geometry_reply (
      self->connection, xcb_get_geometry (self->connection, self->root), NULL);
  uint16_t old_width = now ? now->width : width, old_height = now ? now->height : height;
  xcb_randr_set_crtc_config_reply_t *reply;
  bool done;

  free (now);
  /* The screen must always contain the controller's picture. */
  if (old_width < width || old_height < height)
    set_screen_size (self, old_width > width ? old_width : width,
                     old_height > height ? old_height : height);
  reply = xcb_randr_set_crtc_config_reply (
      self->connection,
      xcb_randr_set_crtc_config (self->connection, target->crtc, XCB_CURRENT_TIME, time, 0, 0,
                                 target->mode, XCB_RANDR_ROTATION_ROTATE_0, 1, &target->output),
      NULL);
  done = reply && reply->status == XCB_RANDR_SET_CONFIG_SUCCESS;
  free (reply);
  if (done)
    set_screen_size (self, width, height);
  else
    set_screen_size (self, old_width, old_height);
  return done;
}

static bool
has_size (GbxXClient *self, const Target *target, uint16_t width, uint16_t height)
{
  xcb_randr_get_crtc_info_reply_t *info = xcb_randr_get_crtc_info_reply (
      self->connection,
      xcb_randr_get_crtc_info (self->connection, target->crtc, XCB_CURRENT_TIME), NULL);
  bool same = info && info->mode && info->width == width && info->height == height;

  free (info);
  return same;
}

/* Every size makes a mode, and an application that asks for all modes would get hundreds. */
static void
remove_old_modes (GbxXClient *self, xcb_randr_get_screen_resources_current_reply_t *resources,
                  const Target *target)
{
  const xcb_randr_mode_info_t *modes = xcb_randr_get_screen_resources_current_modes (resources);
  const uint8_t *name = xcb_randr_get_screen_resources_current_names (resources);

  for (int i = 0; i < resources->num_modes; name += modes[i].name_len, i++)
    if (modes[i].id != target->mode && modes[i].name_len > sizeof PREFIX - 1 &&
        memcmp (name, PREFIX, sizeof PREFIX - 1) == 0)
      {
        xcb_randr_delete_output_mode (self->connection, target->output, modes[i].id);
        xcb_randr_destroy_mode (self->connection, modes[i].id);
      }
}

bool
gbx_x_screen_resize (GbxXClient *self, uint16_t width, uint16_t height)
{
  xcb_randr_get_screen_resources_current_reply_t *resources =
      xcb_randr_get_screen_resources_current_reply (
          self->connection, xcb_randr_get_screen_resources_current (self->connection, self->root),
          NULL);
  Target target = { 0 };
  bool done = false;

  if (resources && find_target (self, resources, width, height, &target))
    {
      if (has_size (self, &target, width, height))
        done = true;
      else if (target.mode || (target.mode = create_mode (self, &target, width, height)))
        done = apply (self, &target, resources->config_timestamp, width, height);
      if (done)
        remove_old_modes (self, resources, &target);
    }
  free (resources);
  return done;
}
