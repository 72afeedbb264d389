% Prints what the netcdf package reads in plain.h5 (no texts along axes) and joint.h5 (with some), which tests/octave/run
% makes. Every difference is an error.
pkg load netcdf

function expect (what, found, wanted)
  if (! isequal (found, wanted))
    disp (found);
    error ("%s is not as written", what);
  endif
  printf ("%s: as written\n", what);
endfunction

% Without texts along axes everything is read, and the whole file can be listed.
expect ("group", ncinfo ("plain.h5").Groups.Name, "parameters");
expect ("title", ncreadatt ("plain.h5", "/", "title"), "Nitric oxide, µm²/s");
expect ("units", ncreadatt ("plain.h5", "diffusion", "units"), "µm²/s");
expect ("diffusion", ncread ("plain.h5", "diffusion"), [0; 3300]);
expect ("release", ncread ("plain.h5", "release")', "soma");
expect ("default", ncread ("plain.h5", "/parameters/microzones")', "joined");
expect ("shape of means", size (ncread ("plain.h5", "mean_concentration_mean")), [3 2]);
expect ("status", unique (ncread ("plain.h5", "status")), uint8 (1));

% With texts, all variables are read but these, and listed one by one.
expect ("shape of means", size (ncread ("joint.h5", "mean_concentration_mean")), [2 2]);
expect ("label", ncreadatt ("joint.h5", "microzones", "long_name"), "microzones");
expect ("type", ncinfo ("joint.h5", "mean_concentration_mean").Datatype, "double");
failed = false;
try
  ncread ("joint.h5", "microzones");
catch problem
  failed = true;
  printf ("texts along an axis: %s\n", problem.message);
end_try_catch
expect ("that Octave reads no strings", failed, true);
