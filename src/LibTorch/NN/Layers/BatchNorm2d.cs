// Batch normalisation of images (Ioffe and Szegedy, arXiv 1502.03167).
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Normalises each channel of [N, C, H, W] by the batch's mean and variance, and in evaluation mode by their running
/// means.
/// </summary>
public sealed class BatchNorm2d : nn.Module<Tensor, Tensor>
{
    [Utils.ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [Utils.ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [Utils.ComponentName(Name = nameof(running_mean))]
    private Tensor? _runningMean;

    [Utils.ComponentName(Name = nameof(running_var))]
    private Tensor? _runningVar;

    [Utils.ComponentName(Name = nameof(num_batches_tracked))]
    private Tensor? _numBatchesTracked;

    internal BatchNorm2d(
        long num_features,
        double eps,
        double? momentum,
        bool affine,
        bool track_running_stats,
        Device? device,
        ScalarType? dtype
    )
        : base(nameof(BatchNorm2d))
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(torch.ones([num_features], dtype: dtype, device: device));
            bias = new Parameter(torch.zeros([num_features], dtype: dtype, device: device));
        }

        if (track_running_stats)
        {
            running_mean = torch.zeros([num_features], dtype: dtype, device: device);
            running_var = torch.ones([num_features], dtype: dtype, device: device);
            num_batches_tracked = torch.zeros([], dtype: ScalarType.Int64, device: device);
        }
    }

    /// <summary>C, the number of channels.</summary>
    public long num_features { get; }

    /// <summary>What is added to the variance.</summary>
    public double eps { get; set; }

    /// <summary>How much of a batch's statistics goes into the running ones, 0 to 1; null averages over all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are a weight and a bias.</summary>
    public bool affine { get; }

    /// <summary>Whether there are running statistics.</summary>
    public bool track_running_stats { get; }

    /// <summary>The scale of each channel, [C]; null when not affine.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => SetParameter(ref _weight, value, nameof(weight));
    }

    /// <summary>The offset of each channel, [C]; null when not affine.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => SetParameter(ref _bias, value, nameof(bias));
    }

    /// <summary>The running mean of each channel, [C], or null.</summary>
    public Tensor? running_mean
    {
        get => _runningMean;
        set => SetBuffer(ref _runningMean, value, nameof(running_mean));
    }

    /// <summary>The running (unbiased) variance of each channel, [C], or null.</summary>
    public Tensor? running_var
    {
        get => _runningVar;
        set => SetBuffer(ref _runningVar, value, nameof(running_var));
    }

    /// <summary>How many batches the running statistics have seen, one Int64, or null.</summary>
    public Tensor? num_batches_tracked
    {
        get => _numBatchesTracked;
        set => SetBuffer(ref _numBatchesTracked, value, nameof(num_batches_tracked));
    }

    /// <summary>Forgets the running statistics.</summary>
    public void reset_running_stats()
    {
        using IDisposable withoutGradients = no_grad();
        _runningMean?.zero_();
        _runningVar?.fill_(1);
        _numBatchesTracked?.zero_();
    }

    /// <summary>Sets weight, bias and running statistics to their initial values.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        if (affine)
        {
            nn.init.ones_(weight);
            nn.init.zeros_(bias!);
        }
    }

    /// <summary>Normalises.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>The input's shape.</returns>
    /// <exception cref="ArgumentException">The input has another number of dimensions.</exception>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4)
        {
            throw new ArgumentException($"BatchNorm2d takes [N, C, H, W], not [{string.Join(", ", input.shape)}].");
        }

        double factor = momentum ?? 0;
        if (training && _numBatchesTracked is not null)
        {
            _numBatchesTracked.add_(1);
            factor = momentum ?? 1.0 / _numBatchesTracked.item<long>();
        }

        bool batchStatistics = training || _runningMean is null;
        return nn.functional.batch_norm(input, _runningMean, _runningVar, _weight, _bias, batchStatistics, factor, eps);
    }

    private protected override string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{num_features}, eps={eps:R}, momentum={momentum:R}, affine={affine}, track_running_stats={track_running_stats}"
        );
}
